package rules

import "testing"

func TestAnLRUKeepsWhatWasUsedLast(t *testing.T) {
	t.Parallel()
	c := newLRU[string, int](2)
	c.put("a", 1)
	c.put("b", 2)
	if v, ok := c.get("a"); !ok || v != 1 {
		t.Errorf("a is %d, %v", v, ok)
	}
	c.put("c", 3)
	if _, ok := c.get("b"); ok {
		t.Error("b was used longest ago and is still there")
	}
	for key, want := range map[string]int{"a": 1, "c": 3} {
		if v, ok := c.get(key); !ok || v != want {
			t.Errorf("%s is %d, %v; want %d", key, v, ok, want)
		}
	}
	if c.order.Len() != 2 || len(c.byKey) != 2 {
		t.Errorf("it holds %d and %d", c.order.Len(), len(c.byKey))
	}
}

// TestACompilerKeepsNoMoreExpressionsThanItWasTold compiles more expressions than the cache holds, and faulty ones, which
// it does not keep.
func TestACompilerKeepsNoMoreExpressionsThanItWasTold(t *testing.T) {
	t.Parallel()
	c, err := newCompiler(3)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"size(contractor.first_name) == 1", "size(contractor.first_name) == 2", "size(contractor.first_name) == 3", "size(contractor.first_name) == 4", "5 ==", "6 == true", "7 == 7"} {
		c.compile(text)
	}
	if n := len(c.programs.byKey); n != 3 {
		t.Errorf("it keeps %d", n)
	}
	first, _ := c.compile("size(contractor.first_name) == 4")
	again, _ := c.compile("size(contractor.first_name) == 4")
	if first == nil || first != again {
		t.Error("an expression that is kept was compiled again")
	}
}
