package schema

import (
	"github.com/uptrace/bun"
)

// Every query of an account's data names its account, beside row-level security: where one of the two fails, the other holds. ?account is
// the account that InAccount has chosen; outside of InAccount PostgreSQL refuses the query. A table that is joined or looked into by a further
// SELECT names it again.

// selectOwn begins a query of the account's rows of a model.
func selectOwn(tx bun.IDB, model any) *bun.SelectQuery {
	return tx.NewSelect().Model(model).Where("?TableAlias.account_id = ?account")
}

// updateOwn begins a change of the account's rows of a model: of all of them that the caller's conditions do not leave out.
func updateOwn(tx bun.IDB, model any) *bun.UpdateQuery {
	return tx.NewUpdate().Model(model).Where("?TableAlias.account_id = ?account")
}

// deleteOwn begins a deletion of the account's rows of a model: of all of them that the caller's conditions do not leave out.
func deleteOwn(tx bun.IDB, model any) *bun.DeleteQuery {
	return tx.NewDelete().Model(model).Where("?TableAlias.account_id = ?account")
}
