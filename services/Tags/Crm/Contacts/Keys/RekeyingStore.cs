using Dapper;
using TagSegments.Tags.Changes;

namespace TagSegments.Tags.Crm.Contacts.Keys;

/// <summary>How far the keys of an account's contacts are made again.</summary>
internal sealed record Rekeying(int AccountId, string Name, int After, int Round);

/// <summary>Makes the keys of contacts again, and their texts composed (NFC), page by page.</summary>
internal sealed class RekeyingStore(AccountDatabase database, WorkDatabase work)
{
    private const int PageSize = 1_000;

    /// <summary>Lists the accounts whose keys are not up to date: those of the first round, or the others.</summary>
    public async Task<List<Rekeying>> PendingAsync(bool firstRound, CancellationToken ct)
    {
        const string sql = """
            SELECT account_id, name, rekey_after AS after, rekey_round AS round
            FROM crm.account
            WHERE rekey_after IS NOT NULL AND (rekey_round = 0) = @firstRound AND erasing_at IS NULL
            """;
        await using var connection = await work.OpenAsync(ct);
        return (await connection.QueryAsync<Rekeying>(new CommandDefinition(sql, new { firstRound }, cancellationToken: ct))).AsList();
    }

    /// <summary>Does the next page of an account; null when it was the last one or the rule has changed again.</summary>
    public async Task<Rekeying?> StepAsync(Rekeying account, ChangeCause cause, CarriedRefusals? refusals, CancellationToken ct)
    {
        // Moved on in a transaction of its own: writers of contacts hold the row of the account, and this one holds contacts.
        const string sql = """
            UPDATE crm.account SET rekey_after = @next
            WHERE account_id = @AccountId AND rekey_round = @Round AND rekey_after = @After
            """;
        var next = await AccountTransaction.RunAsync(
            database, account.AccountId, transaction => RekeyAsync(transaction, account, cause, refusals, ct), ct);
        await using var connection = await database.OpenAsync(account.AccountId, ct);
        var moved = await connection.ExecuteAsync(
            new CommandDefinition(sql, new { account.AccountId, account.Round, account.After, next }, cancellationToken: ct));
        return moved > 0 && next is { } after ? account with { After = after } : null;
    }

    private static async Task<int?> RekeyAsync(
        AccountTransaction transaction, Rekeying account, ChangeCause cause, CarriedRefusals? refusals, CancellationToken ct)
    {
        const string sql = $"""
            SELECT {ContactRow.Columns}
            FROM crm.contact
            WHERE account_id = @AccountId AND contact_id > @After AND erased_at IS NULL
            ORDER BY contact_id
            LIMIT @PageSize
            FOR UPDATE
            """;
        var phones = await PhoneRule.HoldAsync(transaction.Transaction, account.AccountId, ct);
        var rows = (await transaction.Connection.QueryAsync<ContactRow>(
            new CommandDefinition(sql, new { account.AccountId, account.After, PageSize }, transaction.Transaction, cancellationToken: ct))).AsList();
        var changes = rows.ConvertAll(row => new Change(row, phones)).FindAll(change => change.BeforeJson is not null);
        await KeepTakenAsync(transaction, changes, ct);
        if (refusals is not null)
        {
            await refusals.CarryAsync(account.Name, changes.ConvertAll(change => change.Phone).FindAll(phone => phone.Former != phone.Key), ct);
        }

        await WriteAsync(transaction, changes, ct);
        changes.ForEach(change => transaction.LogContact(change.ContactId, ContactChangeKind.Updated, change.BeforeJson, cause));
        return rows.Count == PageSize ? rows[^1].ContactId : null;
    }

    // Two external ids that differ only in their composition stay as they are.
    private static async Task KeepTakenAsync(AccountTransaction transaction, List<Change> changes, CancellationToken ct)
    {
        const string sql = "SELECT external_id FROM crm.contact WHERE account_id = @AccountId AND external_id = ANY (@ids) AND deleted_at IS NULL";
        var changed = changes.FindAll(change => change.ExternalIdChanges);
        if (changed.Count > 0)
        {
            var values = new { transaction.AccountId, ids = changed.Select(change => change.State[ContactAttribute.ExternalId]).ToArray() };
            var taken = (await transaction.Connection.QueryAsync<string>(
                new CommandDefinition(sql, values, transaction.Transaction, cancellationToken: ct))).ToHashSet(StringComparer.Ordinal);
            changed.FindAll(change => !taken.Add(change.State[ContactAttribute.ExternalId]!)).ForEach(change => change.KeepExternalId());
        }
    }

    private static async Task WriteAsync(AccountTransaction transaction, List<Change> changes, CancellationToken ct)
    {
        const string sql = """
            UPDATE crm.contact c
            SET external_id = n.external_id, email = n.email, email_key = n.email_key, phone = n.phone, phone_key = n.phone_key,
                first_name = n.first_name, last_name = n.last_name, fields = n.fields::jsonb, version = version + 1
            FROM unnest(@ids, @external_id, @email, @email_key, @phone, @phone_key, @first_name, @last_name, @fields)
                AS n (contact_id, external_id, email, email_key, phone, phone_key, first_name, last_name, fields)
            WHERE c.account_id = @AccountId AND c.contact_id = n.contact_id
            """;
        if (changes.Count == 0)
        {
            return;
        }

        var values = new DynamicParameters(new
        {
            transaction.AccountId,
            ids = changes.Select(change => change.ContactId).ToArray(),
            email_key = changes.Select(change => change.State.EmailKey).ToArray(),
            phone_key = changes.Select(change => change.State.PhoneKey).ToArray(),
            fields = changes.Select(change => change.State.Fields.ToJson()).ToArray(),
        });
        foreach (var attribute in ContactAttribute.All)
        {
            values.Add(attribute.Name, changes.Select(change => change.State[attribute]).ToArray());
        }

        await transaction.Connection.ExecuteAsync(new CommandDefinition(sql, values, transaction.Transaction, cancellationToken: ct));
    }

    /// <summary>A contact and what it becomes.</summary>
    private sealed class Change
    {
        private readonly ContactState _before;

        public Change(ContactRow row, PhoneRule phones)
        {
            (ContactId, _before) = (row.ContactId, row.ToState());
            State = _before.Composed();
            State.PhoneKey = phones.KeyOf(State);
        }

        public int ContactId { get; }

        public ContactState State { get; }

        public string? BeforeJson => _before.BeforeJson(State);

        public bool ExternalIdChanges => _before[ContactAttribute.ExternalId] != State[ContactAttribute.ExternalId];

        public (string Former, string Key) Phone => (KeyOf(_before), KeyOf(State));

        public void KeepExternalId() => State[ContactAttribute.ExternalId] = _before[ContactAttribute.ExternalId];

        private static string KeyOf(ContactState state) => state.PhoneKey ?? PhoneNumber.Plain(state[ContactAttribute.Phone] ?? "");
    }
}
