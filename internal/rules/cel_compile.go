package rules

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
	"cel.dev/cel-go/parser"

	"certflow/internal/certificate"
)

// ErrTooCostly is why an expression is refused when it is saved, or cut off when it is evaluated: it may take, or took,
// more steps than maxCost.
var ErrTooCostly = errors.New("expression_too_costly")

// Limits of an expression.
const (
	maxExpression = 4_000   // characters
	maxNesting    = 50      // levels
	maxNodes      = 5_000   // nodes after macros
	maxCost       = 100_000 // CEL's cost units, about one for each value read or compared
	maxPattern    = 1_000   // instructions of a regular expression
	maxIssues     = 5       // faults reported of one expression
)

// program is a compiled expression.
type program struct {
	cel  cel.Program
	rows []string // the rows of the coverage table that it names
}

// compiler compiles expressions and keeps those it compiled last.
type compiler struct {
	env      *cel.Env
	programs *lru[string, *program]
}

// newCompiler makes the environment of expressions: CEL's standard library without what defeats types, typed by the
// certificate's schema, with the functions date("MM/DD/YYYY") and days(n).
func newCompiler(size int) (*compiler, error) {
	standard, err := types.NewRegistry()
	if err != nil {
		return nil, err
	}
	schema := newCELSchema(standard)
	e, err := cel.NewCustomEnv(
		cel.StdLib(cel.StdLibSubset(&env.LibrarySubset{
			ExcludeMacros:    []string{"has", "all"},
			ExcludeFunctions: []*env.Function{env.NewFunction("dyn"), env.NewFunction("type")},
		})),
		cel.CustomTypeProvider(schema),
		cel.Macros(
			cel.GlobalMacro("has", 1, expandHas),
			cel.ReceiverMacro("all", 2, expandAll),
		),
		cel.Variable("certificate", schema.structs[certificateType].typ),
		cel.Variable("contractor", schema.structs[contractorType].typ),
		cel.Variable("today", cel.TimestampType),
		cel.Function("@present", cel.Overload("present", []*cel.Type{cel.TypeParamType("A")}, cel.BoolType, cel.UnaryBinding(celPresent))),
		cel.Function("@some", cel.Overload("some", []*cel.Type{cel.ListType(cel.TypeParamType("A"))}, cel.BoolType, cel.UnaryBinding(celSome))),
		cel.Function("date", cel.Overload("date_string", []*cel.Type{cel.StringType}, cel.TimestampType, cel.UnaryBinding(celDate))),
		cel.Function("days", cel.Overload("days_int", []*cel.Type{cel.IntType}, cel.DurationType, cel.UnaryBinding(celDays))),
		cel.DefaultUTCTimeZone(true),
		cel.ParserExpressionSizeLimit(maxExpression),
		cel.ParserRecursionLimit(maxNesting),
		cel.ExpressionNestingDepthLimit(maxNesting),
		cel.ExpressionNodeLimit(maxNodes),
		cel.RegexProgramSizeLimit(maxPattern),
		cel.ASTValidators(cel.ValidateRegexLiterals(), cel.ValidateTimestampLiterals(), cel.ValidateDurationLiterals()),
	)
	if err != nil {
		return nil, err
	}
	return &compiler{env: e, programs: newLRU[string, *program](size)}, nil
}

// compile gives the program of an expression, or what is wrong with it, each with line and column.
func (c *compiler) compile(text string) (*program, []string) {
	if p, ok := c.programs.get(text); ok {
		return p, nil
	}
	p, faults := c.build(text)
	if len(faults) > 0 {
		return nil, faults
	}
	c.programs.put(text, p)
	return p, nil
}

// build compiles an expression.
func (c *compiler) build(text string) (*program, []string) {
	checked, issues := c.env.Compile(text)
	if errs := issues.Errors(); len(errs) > 0 {
		var faults []string
		for _, e := range errs[:min(len(errs), maxIssues)] {
			faults = append(faults, position(e.Location)+oneLine(e.Message))
		}
		return nil, faults
	}
	if faults := comparedParts(checked.NativeRep()); len(faults) > 0 {
		return nil, faults
	}
	if t := checked.OutputType(); !t.IsExactType(types.BoolType) {
		return nil, []string{fmt.Sprintf("line 1, column 1: the expression gives a %s and must give a bool", cel.FormatCELType(t))}
	}
	estimate, err := c.env.EstimateCost(checked, sizes{})
	if err != nil {
		return nil, []string{"line 1, column 1: the cost of the expression cannot be estimated: " + oneLine(err.Error())}
	}
	if estimate.Max > maxCost {
		return nil, []string{fmt.Sprintf("line 1, column 1: %v: the expression may take more than %d steps on a large certificate", ErrTooCostly, maxCost)}
	}
	prg, err := c.env.Program(checked, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(maxCost))
	if err != nil {
		return nil, []string{"line 1, column 1: " + oneLine(err.Error())}
	}
	if fault := c.idle(checked); fault != "" {
		return nil, []string{"line 1, column 1: " + fault}
	}
	return &program{cel: prg, rows: rowsNamed(checked.NativeRep())}, nil
}

// idle says of an expression that judges no certificate what it does instead: one that gives the same whatever is shown would pass, or fail,
// every certificate, and one that asks for the day only would pass them all for a while.
func (c *compiler) idle(checked *cel.Ast) string {
	prg, err := c.env.Program(checked, cel.EvalOptions(cel.OptPartialEval), cel.CostLimit(maxCost))
	if err != nil {
		return oneLine(err.Error())
	}
	anything, err := cel.PartialVars(map[string]any{}, cel.AttributePattern("certificate"), cel.AttributePattern("contractor"), cel.AttributePattern("today"))
	if err != nil {
		return oneLine(err.Error())
	}
	switch out, _, err := prg.Eval(anything); {
	case err != nil:
		return "the expression can never be evaluated: " + oneLine(err.Error())
	case !types.IsUnknown(out):
		return fmt.Sprintf("the expression is %v whatever the certificate shows: ask for one of its values", out.Value())
	case !asks(checked.NativeRep()):
		return "the expression asks nothing of the certificate or the contractor: ask for one of its values"
	}
	return ""
}

// asks reports whether an expression names the certificate or the contractor.
func asks(a *ast.AST) bool {
	named := false
	ast.PostOrderVisit(a.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		named = named || e.Kind() == ast.IdentKind && (e.AsIdent() == "certificate" || e.AsIdent() == "contractor")
	}))
	return named
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// run evaluates the program. The value is a bool, or unknown.
func (p *program) run(s *sight) (ref.Val, error) {
	out, _, err := p.cel.Eval(s)
	var cancelled interpreter.EvalCancelledError
	if errors.As(err, &cancelled) && cancelled.Cause == interpreter.CostLimitExceeded {
		return nil, ErrTooCostly
	}
	return out, err
}

// expandHas makes has(a.b) a question about the value: true where it is shown without doubt, unknown elsewhere.
func expandHas(f cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
	if args[0].Kind() != ast.SelectKind {
		return nil, f.NewError(args[0].ID(), "has() takes a field, as in has(certificate.insured.name)")
	}
	return f.NewCall("@present", args[0]), nil
}

// expandAll makes list.all(x, p) unknown for an empty list, where CEL's own is true.
func expandAll(f cel.MacroExprFactory, target ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
	every, err := parser.MakeAll(f, f.Copy(target), args)
	if err != nil {
		return nil, err
	}
	return f.NewCall(operators.LogicalAnd, f.NewCall("@some", target), every), nil
}

func celPresent(v ref.Val) ref.Val {
	if p, ok := v.(*part); ok && p.path != "" {
		return p.sight.present(p.path)
	}
	return types.True
}

func celSome(v ref.Val) ref.Val {
	if sized, ok := v.(interface{ Size() ref.Val }); ok && sized.Size() != types.IntZero {
		return types.True
	}
	return types.NewUnknown(1, nil)
}

func celDate(v ref.Val) ref.Val {
	s, _ := v.(types.String)
	d, err := certificate.ParseDate(string(s))
	if err != nil {
		return types.NewErr("%v", err)
	}
	return types.Timestamp{Time: d.Time()}
}

func celDays(v ref.Val) ref.Val {
	n, _ := v.(types.Int)
	if n < -maxDays || n > maxDays {
		return types.NewErr("days(%d) is not between -%d and %d", n, maxDays, maxDays)
	}
	return types.Duration{Duration: time.Duration(n) * 24 * time.Hour}
}

// position writes a place in an expression, counting lines and columns from 1.
func position(l common.Location) string {
	return fmt.Sprintf("line %d, column %d: ", max(l.Line(), 1), max(l.Column()+1, 1))
}

// comparedParts reports comparisons of parts of the certificate, which hold values in doubt that a comparison would not
// see.
func comparedParts(a *ast.AST) []string {
	var faults []string
	ast.PostOrderVisit(a.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.CallKind {
			return
		}
		call := e.AsCall()
		if !slices.Contains([]string{operators.Equals, operators.NotEquals, operators.In}, call.FunctionName()) {
			return
		}
		if slices.ContainsFunc(call.Args(), func(arg ast.Expr) bool { return holdsStruct(a.GetType(arg.ID())) }) {
			faults = append(faults, position(a.SourceInfo().GetStartLocation(e.ID()))+"parts of a certificate cannot be compared: compare their fields")
		}
	}))
	return faults
}

func holdsStruct(t *types.Type) bool {
	return t.Kind() == types.StructKind || slices.ContainsFunc(t.Parameters(), holdsStruct)
}

// rowsNamed are the paths of the rows of the coverage table that an expression reads from, in the order of the schema.
func rowsNamed(a *ast.AST) []string {
	named := map[string]bool{}
	ast.PostOrderVisit(a.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.SelectKind {
			return
		}
		sel := e.AsSelect()
		if t := a.GetType(sel.Operand().ID()); t.Kind() == types.StructKind && t.TypeName() == coveragesType {
			named["coverages."+sel.FieldName()] = true
		}
	}))
	var out []string
	for _, f := range certificate.Fields() {
		if f.Kind == certificate.KindCoverage && named[f.Path] {
			out = append(out, f.Path)
		}
	}
	return out
}

// sizes tells CEL how long the texts and lists of a large certificate are, by which it estimates an expression before any
// certificate is there. A longer one is cut off by the limit on what an evaluation takes.
type sizes struct{}

// EstimateCallCost leaves the cost of calls to CEL.
func (sizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

// EstimateSize gives the size of a text or a list.
func (sizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	path := n.Path()
	if len(path) == 0 {
		return nil
	}
	most := uint64(1)
	switch k := n.Type().Kind(); {
	case k == types.StringKind && path[len(path)-1] == "text":
		most = 2_000
	case k == types.StringKind:
		most = 100
	case k == types.ListKind:
		most = 20
	}
	return &cost.SizeEstimate{Min: 0, Max: most}
}
