using Crm.Contacts.V1;
using Dapper;
using Npgsql;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Crm.Contacts;

namespace TagSegments.Tags.Crm.Imports.Contacts;

/// <summary>Reads and writes contacts by the thousand.</summary>
internal static class ContactBatches
{
    /// <summary>Finds living contacts by external id, or the first one of each e-mail address.</summary>
    public static async Task<IEnumerable<ContactRow>> FindAsync(
        AccountDatabase database, int accountId, string[] keys, bool byEmail, CancellationToken ct)
    {
        // One by one: a plan that was made while the account was small would read all its contacts for each batch. OFFSET 0 keeps it so.
        const string byExternalIdSql = $"""
            SELECT {ContactRow.Columns}
            FROM unnest(@keys) AS k (key)
            CROSS JOIN LATERAL (
                SELECT *
                FROM crm.contact
                WHERE account_id = @accountId AND external_id = k.key AND deleted_at IS NULL
                OFFSET 0) AS c
            """;
        const string byEmailSql = $"""
            SELECT DISTINCT ON (email_key) {ContactRow.Columns}
            FROM unnest(@keys) AS k (key)
            CROSS JOIN LATERAL (
                SELECT *
                FROM crm.contact
                WHERE account_id = @accountId AND email_key = k.key AND deleted_at IS NULL
                OFFSET 0) AS c
            ORDER BY email_key, contact_id
            """;
        await using var connection = await database.OpenAsync(accountId, ct);
        return await connection.QueryAsync<ContactRow>(
            new CommandDefinition(byEmail ? byEmailSql : byExternalIdSql, new { accountId, keys }, cancellationToken: ct));
    }

    /// <summary>Creates contacts.</summary>
    public static async Task InsertAsync(
        AccountTransaction transaction, List<ContactTarget> contacts, DateTimeOffset now, CancellationToken ct)
    {
        // COPY does not go together with row-level security.
        const string sql = """
            INSERT INTO crm.contact (account_id, contact_id, external_id, email, phone, first_name, last_name, time_zone, language,
                email_key, phone_key, fields, do_not_disturb, email_consent, email_consent_source, email_consent_at, sms_consent, sms_consent_source,
                sms_consent_at, created_at, updated_at)
            SELECT @accountId, contact_id, external_id, email, phone, first_name, last_name, time_zone, language,
                email_key, phone_key, fields::jsonb, do_not_disturb, email_consent, email_consent_source, email_consent_at, sms_consent, sms_consent_source,
                sms_consent_at, coalesce(created_at, @now), coalesce(changed_at, @now)
            FROM unnest(@ids, @external_id, @email, @email_key, @phone, @phone_key, @first_name, @last_name, @time_zone, @language, @fields, @do_not_disturb,
                    @email_consent, @email_consent_source, @email_consent_at, @sms_consent, @sms_consent_source, @sms_consent_at, @created_at, @changed_at)
                AS n (contact_id, external_id, email, email_key, phone, phone_key, first_name, last_name, time_zone, language, fields, do_not_disturb,
                    email_consent, email_consent_source, email_consent_at, sms_consent, sms_consent_source, sms_consent_at, created_at, changed_at)
            """;
        if (contacts.Count > 0)
        {
            await transaction.Connection.ExecuteAsync(new CommandDefinition(
                sql, Values(transaction.AccountId, contacts, now), transaction.Transaction, cancellationToken: ct));
        }
    }

    /// <summary>Changes contacts that still have the versions read; throws if one has not.</summary>
    public static async Task UpdateAsync(
        AccountTransaction transaction, List<ContactTarget> contacts, DateTimeOffset now, CancellationToken ct)
    {
        const string updateSql = """
            UPDATE crm.contact c
            SET external_id = n.external_id, email = n.email, email_key = n.email_key, phone = n.phone, phone_key = n.phone_key, first_name = n.first_name,
                last_name = n.last_name, time_zone = n.time_zone, language = n.language, fields = n.fields::jsonb,
                do_not_disturb = n.do_not_disturb, email_consent = n.email_consent, email_consent_source = n.email_consent_source,
                email_consent_at = n.email_consent_at, sms_consent = n.sms_consent, sms_consent_source = n.sms_consent_source,
                sms_consent_at = n.sms_consent_at, updated_at = @now, version = version + 1
            FROM unnest(@ids, @external_id, @email, @email_key, @phone, @phone_key, @first_name, @last_name, @time_zone, @language, @fields, @do_not_disturb,
                    @email_consent, @email_consent_source, @email_consent_at, @sms_consent, @sms_consent_source, @sms_consent_at)
                AS n (contact_id, external_id, email, email_key, phone, phone_key, first_name, last_name, time_zone, language, fields, do_not_disturb,
                    email_consent, email_consent_source, email_consent_at, sms_consent, sms_consent_source, sms_consent_at)
            WHERE c.account_id = @accountId AND c.contact_id = n.contact_id AND c.contact_id = ANY (@ids)
            """;
        if (contacts.Count == 0)
        {
            return;
        }

        await LockAsync(transaction, contacts, ct);
        await transaction.AvoidNestedLoopsAsync(contacts.Count, ct);
        await transaction.Connection.ExecuteAsync(new CommandDefinition(
            updateSql, Values(transaction.AccountId, contacts, now), transaction.Transaction, cancellationToken: ct));
    }

    private static async Task LockAsync(AccountTransaction transaction, List<ContactTarget> contacts, CancellationToken ct)
    {
        const string sql = """
            SELECT version
            FROM crm.contact
            WHERE account_id = @AccountId AND contact_id = ANY (@ids) AND deleted_at IS NULL
            ORDER BY contact_id
            FOR UPDATE
            """;
        var ids = contacts.Select(contact => contact.ContactId).ToArray();
        var versions = await transaction.Connection.QueryAsync<long>(
            new CommandDefinition(sql, new { transaction.AccountId, ids }, transaction.Transaction, cancellationToken: ct));
        if (!versions.SequenceEqual(contacts.Select(contact => contact.Version)))
        {
            throw new LostUpdateException();
        }
    }

    private static DynamicParameters Values(int accountId, List<ContactTarget> contacts, DateTimeOffset now)
    {
        var values = new DynamicParameters(new { accountId, now });
        values.Add("ids", contacts.Select(contact => contact.ContactId).ToArray());
        foreach (var attribute in ContactAttribute.All)
        {
            values.Add(attribute.Name, OrNone(contacts.Select(contact => contact.State[attribute])));
        }

        values.Add("email_key", OrNone(contacts.Select(contact => contact.State.EmailKey)));
        values.Add("phone_key", OrNone(contacts.Select(contact => contact.State.PhoneKey)));
        values.Add("fields", contacts.Select(contact => contact.State.Fields.ToJson()).ToArray());
        values.Add("created_at", OrNone(contacts.Select(contact => contact.CreatedAt)));
        values.Add("changed_at", OrNone(contacts.Select(contact => contact.ChangedAt)));
        values.Add("do_not_disturb", contacts.Select(contact => contact.State.DoNotDisturb).ToArray());
        foreach (var channel in ConsentValue.Channels)
        {
            var consents = contacts.Select(contact => contact.Consents.After(channel)).ToArray();
            var name = ConsentValue.NameOf(channel);
            values.Add($"{name}_consent", consents.Select(consent => (short)consent.State).ToArray());
            values.Add($"{name}_consent_source", OrNone(consents.Select(consent => consent.Source)));
            values.Add($"{name}_consent_at", OrNone(consents.Select(consent => TimeOf(consent, now))));
        }

        return values;
    }

    // Most files have few of the columns. What unnest has no values of is null, so an array of nulls need not be sent.
    private static T?[] OrNone<T>(IEnumerable<T?> values)
    {
        var all = values.ToArray();
        return Array.TrueForAll(all, value => value is null) ? [] : all;
    }

    // A consent whose time the file does not say counts from the import on.
    private static DateTime? TimeOf(ConsentValue consent, DateTimeOffset now) =>
        consent.State == Consent.Types.State.Never ? null : consent.At ?? now.UtcDateTime;
}
