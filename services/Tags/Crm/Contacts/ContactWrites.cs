using System.Globalization;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Dapper;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Fields;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>Changes single contacts inside an account's write transaction: the row, the living bit and the change log together.</summary>
internal sealed class ContactWrites(AccountTransaction transaction, ChangeCause cause, DateTimeOffset now, CancellationToken ct)
{
    private PhoneRule? _phones;

    /// <summary>The transaction of the changes.</summary>
    public AccountTransaction Transaction => transaction;

    /// <summary>Creates a contact. Throws ALREADY_EXISTS if its external id is taken.</summary>
    public async Task<ContactRow> CreateAsync(int contactId, ContactEdit edit)
    {
        const string sql = $"""
            INSERT INTO crm.contact (account_id, contact_id, external_id, email, email_key, phone, phone_key, first_name, last_name, time_zone, language,
                fields, do_not_disturb, created_at, updated_at)
            VALUES (@accountId, @contactId, @external_id, @email, @email_key, @phone, @phone_key, @first_name, @last_name, @time_zone, @language,
                @fields::jsonb, @do_not_disturb, @now, @now)
            ON CONFLICT (account_id, external_id) WHERE external_id IS NOT NULL AND deleted_at IS NULL DO NOTHING
            RETURNING {ContactRow.Columns}
            """;
        await FieldStore.HoldAsync(transaction, edit.Fields, ct);
        var state = await RekeyAsync(edit.Apply(new ContactState()));
        var row = await QueryAsync(sql, Values(contactId, state)) ?? throw await TakenAsync(state);
        await transaction.SetBitsAsync(AccountTransaction.LivingTag, [contactId], on: true, cause, ct);
        transaction.LogContact(contactId, ContactChangeKind.Created, null, cause);
        return row;
    }

    /// <summary>Changes attributes of a living contact; nothing happens if they are so already.</summary>
    public async Task<ContactRow> UpdateAsync(int contactId, long expectedVersion, ContactEdit edit)
    {
        await FieldStore.HoldAsync(transaction, edit.Fields, ct);
        var row = await LockLivingAsync(contactId);
        if (expectedVersion != 0 && expectedVersion != row.Version)
        {
            throw RpcErrors.VersionMismatch("contact", Number(contactId), row.Version);
        }

        var before = row.ToState();
        return await SetAsync(contactId, before, edit.Apply(before)) ?? row;
    }

    /// <summary>Changes a contact that is locked; null if nothing is different.</summary>
    public async Task<ContactRow?> SetAsync(int contactId, ContactState before, ContactState after) =>
        before.BeforeJson(await RekeyAsync(after)) is { } json ? await UpdateAsync(contactId, after, json) : null;

    /// <summary>Brings the key of a contact's phone up to date, in place, and returns the contact.</summary>
    public async Task<ContactState> RekeyAsync(ContactState state)
    {
        state.PhoneKey = state[ContactAttribute.Phone] is null ? null
            : (_phones ??= await PhoneRule.HoldAsync(transaction.Transaction, transaction.AccountId, ct)).KeyOf(state);
        return state;
    }

    /// <summary>Locks a living contact; throws NOT_FOUND if there is none.</summary>
    public async Task<ContactRow> LockLivingAsync(int contactId)
    {
        var row = await LockAsync(contactId);
        return row.DeletedAt is null ? row : throw NotFound(contactId);
    }

    /// <summary>
    /// Marks a contact as deleted, and as merged if there is a contact that it is from now on; its tags stay, but it is no longer one of the living.
    /// </summary>
    public async Task<ContactRow> DeleteAsync(int contactId, int? mergedInto = null)
    {
        const string sql = $"""
            UPDATE crm.contact SET deleted_at = @now, merged_into = @mergedInto, version = version + 1
            WHERE account_id = @accountId AND contact_id = @contactId
            RETURNING {ContactRow.Columns}
            """;
        var row = await LockAsync(contactId);
        if (row.DeletedAt is not null)
        {
            return row;
        }

        await transaction.SetBitsAsync(AccountTransaction.LivingTag, [contactId], on: false, cause, ct);
        transaction.LogContact(contactId, ContactChangeKind.Deleted, null, cause);
        var values = Values(contactId);
        values.AddDynamicParams(new { mergedInto });
        return (await QueryAsync(sql, values))!;
    }

    /// <summary>Deletes a contact for good: nothing can change it from now on. Nothing happens if it was erased before.</summary>
    public async Task EraseAsync(int contactId)
    {
        const string findSql = """
            SELECT erased_at IS NOT NULL
            FROM crm.contact
            WHERE account_id = @accountId AND contact_id = @contactId
            FOR UPDATE
            """;
        const string eraseSql = "UPDATE crm.contact SET erased_at = @now WHERE account_id = @accountId AND contact_id = @contactId";
        var isErased = await transaction.Connection.QuerySingleOrDefaultAsync<bool?>(
            new CommandDefinition(findSql, Values(contactId), transaction.Transaction, cancellationToken: ct));
        if (isErased ?? throw NotFound(contactId))
        {
            return;
        }

        await DeleteAsync(contactId);
        await transaction.Connection.ExecuteAsync(
            new CommandDefinition(eraseSql, Values(contactId), transaction.Transaction, cancellationToken: ct));
    }

    /// <summary>Brings a deleted contact back. Throws ALREADY_EXISTS if its external id has another owner now.</summary>
    public async Task<ContactRow> RestoreAsync(int contactId)
    {
        const string sql = $"""
            UPDATE crm.contact c SET deleted_at = NULL, merged_into = NULL, version = version + 1
            WHERE account_id = @accountId AND contact_id = @contactId AND NOT EXISTS (
                SELECT FROM crm.contact o WHERE o.account_id = @accountId AND o.external_id = c.external_id AND o.deleted_at IS NULL)
            RETURNING {ContactRow.Columns}
            """;
        var row = await LockAsync(contactId);
        if (row.DeletedAt is not { } deletedAt)
        {
            return row;
        }

        var restored = await QueryAsync(sql, Values(contactId)) ?? throw await TakenAsync(row.ToState());
        await transaction.SetBitsAsync(AccountTransaction.LivingTag, [contactId], on: true, cause, ct);
        transaction.LogContact(
            contactId, ContactChangeKind.Restored, $"{{\"deleted_at\":{FieldJson.Text(Dates.ToText(deletedAt))}}}", cause);
        return restored;
    }

    /// <summary>Records consent, also of a deleted contact; nothing happens if the state is the present one.</summary>
    public async Task<ContactRow> SetConsentAsync(int contactId, Consent consent)
    {
        var channel = ConsentValue.NameOf(consent.Channel);
        var sql = $"""
            UPDATE crm.contact
            SET {channel}_consent = @state, {channel}_consent_source = @source, {channel}_consent_at = @at, updated_at = @now, version = version + 1
            WHERE account_id = @accountId AND contact_id = @contactId
            RETURNING {ContactRow.Columns}
            """;
        var row = await LockAsync(contactId);
        var before = row.ConsentOn(consent.Channel);
        if (before.State == consent.State)
        {
            return row;
        }

        transaction.LogContact(contactId, ContactChangeKind.ConsentChanged, before.BeforeJson(consent.Channel, row.UpdatedAt), cause);

        var values = Values(contactId);
        values.AddDynamicParams(new
        {
            state = (short)consent.State,
            source = ContactAttribute.Clean(consent.Source),
            at = consent.State == Consent.Types.State.Never ? (DateTimeOffset?)null : consent.Time?.ToDateTimeOffset() ?? now,
        });
        return (await QueryAsync(sql, values))!;
    }

    /// <summary>
    /// Records a refusal of a contact that may have been merged: as the contact's own, and as that of every contact it was merged into. A merge at
    /// the same time comes before, and is followed, or after, and takes the refusal along.
    /// </summary>
    public async Task<ContactRow> RefuseAsync(int contactId, Consent refusal)
    {
        const string sql = "SELECT merged_into FROM crm.contact WHERE account_id = @accountId AND contact_id = @contactId";
        var row = await SetConsentAsync(contactId, refusal);
        var person = new HashSet<int> { contactId };
        var last = contactId;
        while (await transaction.Connection.QuerySingleAsync<int?>(
            new CommandDefinition(sql, Values(last), transaction.Transaction, cancellationToken: ct)) is { } next && person.Add(next))
        {
            await SetConsentAsync(next, refusal);
            last = next;
        }

        return row;
    }

    private async Task<ContactRow> UpdateAsync(int contactId, ContactState after, string beforeJson)
    {
        const string sql = $"""
            UPDATE crm.contact c
            SET external_id = @external_id, email = @email, email_key = @email_key, phone = @phone, phone_key = @phone_key, first_name = @first_name,
                last_name = @last_name, time_zone = @time_zone, language = @language, fields = @fields::jsonb,
                do_not_disturb = @do_not_disturb, updated_at = @now, version = version + 1
            WHERE account_id = @accountId AND contact_id = @contactId AND NOT EXISTS (
                SELECT FROM crm.contact o
                WHERE o.account_id = @accountId AND o.external_id = @external_id AND o.deleted_at IS NULL AND o.contact_id <> @contactId)
            RETURNING {ContactRow.Columns}
            """;
        var row = await QueryAsync(sql, Values(contactId, after)) ?? throw await TakenAsync(after);
        transaction.LogContact(contactId, ContactChangeKind.Updated, beforeJson, cause);
        return row;
    }

    private async Task<ContactRow> LockAsync(int contactId)
    {
        const string sql = $"""
            SELECT {ContactRow.Columns}
            FROM crm.contact
            WHERE account_id = @accountId AND contact_id = @contactId AND erased_at IS NULL
            FOR UPDATE
            """;
        return await QueryAsync(sql, Values(contactId)) ?? throw NotFound(contactId);
    }

    private async Task<Exception> TakenAsync(ContactState state)
    {
        const string sql = """
            SELECT contact_id
            FROM crm.contact
            WHERE account_id = @accountId AND external_id = @externalId AND deleted_at IS NULL
            """;
        var externalId = state[ContactAttribute.ExternalId]!;
        var owner = await transaction.Connection.QuerySingleOrDefaultAsync<int>(
            new CommandDefinition(sql, new { accountId = transaction.AccountId, externalId }, transaction.Transaction, cancellationToken: ct));
        return RpcErrors.AlreadyExists("contact", externalId, Number(owner));
    }

    private Task<ContactRow?> QueryAsync(string sql, DynamicParameters values) =>
        transaction.Connection.QuerySingleOrDefaultAsync<ContactRow>(
            new CommandDefinition(sql, values, transaction.Transaction, cancellationToken: ct));

    private DynamicParameters Values(int contactId) => new(new { accountId = transaction.AccountId, contactId, now });

    private DynamicParameters Values(int contactId, ContactState state)
    {
        var values = Values(contactId);
        foreach (var attribute in ContactAttribute.All)
        {
            values.Add(attribute.Name, state[attribute]);
        }

        values.AddDynamicParams(new { email_key = state.EmailKey, phone_key = state.PhoneKey, fields = state.Fields.ToJson(), do_not_disturb = state.DoNotDisturb });
        return values;
    }

    private static Exception NotFound(int contactId) => RpcErrors.NotFound("contact", Number(contactId));

    private static string Number(int contactId) => contactId.ToString(CultureInfo.InvariantCulture);
}
