using System.Collections;
using System.Text.Json;
using Dapper;
using NodaTime;
using NodaTime.Text;
using Npgsql;
using NpgsqlTypes;
using TagSegments.Addresses;

namespace TagSegments.Testing.Oracle;

/// <summary>Writes a world into the tables of the services, in the form in which they write it.</summary>
internal static class WorldLoader
{
    private const int ChunkSize = 16_384;
    private const int Deleted = 9999;
    private static readonly LocalDate s_dayZero = new(2000, 1, 1);

    public static async Task LoadAsync(NpgsqlConnection connection, World world, bool analyze = true)
    {
        await connection.ExecuteAsync(
            "INSERT INTO crm.account (account_id, name, time_zone, week_start, country) OVERRIDING SYSTEM VALUE VALUES (@AccountId, 'world-' || @AccountId, @TimeZone, @WeekStart, @Country)",
            new { world.AccountId, world.TimeZone, world.WeekStart, world.Country });
        await NamesAsync(connection, world.AccountId);
        await ContactsAsync(connection, world);
        await TagsAsync(connection, world);
        await ActivitiesAsync(connection, world);
        await RollUpAsync(connection, world);
        await ClocksAsync(connection, world);
        await OpportunitiesAsync(connection, world);
        await connection.ExecuteAsync(
            "INSERT INTO campaigns.suppression (account_id, channel, address_key, reason) VALUES (@AccountId, @Channel, @Address, 1)",
            world.Suppressed.Select(entry => new { world.AccountId, entry.Channel, entry.Address }));
        if (analyze)
        {
            await connection.ExecuteAsync("ANALYZE crm.contact, crm.opportunity, campaigns.activity, tags.tag_chunk, tags.tag_change");
        }
    }

    private static async Task NamesAsync(NpgsqlConnection connection, int accountId)
    {
        await connection.ExecuteAsync("INSERT INTO tags.tag (account_id, tag_id, name) VALUES (@accountId, @Id, @Name)", WorldNames.Tags.Select(tag => new { accountId, tag.Id, tag.Name }));
        await connection.ExecuteAsync("INSERT INTO crm.pipeline (account_id, pipeline_id, name) VALUES (@accountId, @Id, @Name)", WorldNames.Pipelines.Select(p => new { accountId, p.Id, p.Name }));
        await connection.ExecuteAsync(
            "INSERT INTO crm.stage (account_id, stage_id, pipeline_id, name, ordinal) VALUES (@accountId, @Id, @Pipeline, @Name, @Id)",
            WorldNames.Stages.Select(s => new { accountId, s.Id, s.Pipeline, s.Name }));
        await connection.ExecuteAsync(
            "INSERT INTO crm.field (account_id, field_id, target, key, type, choices) VALUES (@accountId, @FieldId, @Target, @Name, @Type, @Choices)",
            WorldNames.ContactFields.Select(f => (Field: f, Target: 1)).Concat(WorldNames.OpportunityFields.Select(f => (Field: f, Target: 2)))
                .Select(f => new { accountId, f.Field.FieldId, f.Target, f.Field.Name, Type = (int)f.Field.Type, Choices = f.Field.Choices.ToArray() }));
    }

    private static async Task ContactsAsync(NpgsqlConnection connection, World world)
    {
        await connection.ExecuteAsync(
            """
            INSERT INTO crm.contact (account_id, contact_id, external_id, email, email_key, phone, phone_key, first_name, last_name, time_zone, language, fields,
                email_consent, sms_consent, do_not_disturb, created_at, updated_at)
            VALUES (@AccountId, @Id, @external_id, @email, @key, @phone, @phone_key, @first_name, @last_name, @time_zone, @language, CAST(@fields AS jsonb),
                @EmailConsent, @SmsConsent, @DoNotDisturb, @created, @updated)
            """,
            world.Contacts.Select(c => new
            {
                world.AccountId,
                c.Id,
                external_id = c.Texts["external_id"],
                email = c.Texts["email"],
                key = c.Texts["email"] is { } email ? EmailAddress.Key(email) : null,
                phone = c.Texts["phone"],
                phone_key = c.Texts["phone"] is { } phone && PhoneNumber.Key(phone, world.Country) is var phoneKey && phoneKey != PhoneNumber.Plain(phone) ? phoneKey : null,
                first_name = c.Texts["first_name"],
                last_name = c.Texts["last_name"],
                time_zone = c.TimeZone,
                language = c.Texts["language"],
                fields = Json(c.Fields),
                c.EmailConsent,
                c.SmsConsent,
                c.DoNotDisturb,
                created = c.Created.ToDateTimeUtc(),
                updated = c.Updated.ToDateTimeUtc(),
            }));
        // A deleted contact has everything and must never be found.
        await connection.ExecuteAsync(
            "INSERT INTO crm.contact (account_id, contact_id, email, fields, deleted_at) VALUES (@AccountId, @Deleted, 'Rural', '{\"11\": \"Rural\"}', now())", new { world.AccountId, Deleted });
    }

    private static async Task TagsAsync(NpgsqlConnection connection, World world)
    {
        // Tag 0 holds the living; a deleted contact keeps its tags.
        foreach (var tagId in WorldNames.Tags.Select(tag => tag.Id).Append(0))
        {
            var holders = world.Contacts.Where(c => tagId == 0 || c.Tags.Contains(tagId)).Select(c => c.Id).Concat(tagId == 0 ? [] : [Deleted]);
            foreach (var chunk in holders.GroupBy(id => id / ChunkSize))
            {
                await BitsAsync(connection, "INSERT INTO tags.tag_chunk (account_id, tag_id, chunk, bits) VALUES (@account, @tag, @chunk, @bits)", world.AccountId, tagId, chunk);
            }
        }

        await TagChangesAsync(connection, world);
    }

    private static async Task TagChangesAsync(NpgsqlConnection connection, World world)
    {
        var changes = world.Contacts.SelectMany(c => c.TagChanges.Select(change => (Contact: c.Id, Change: change))).ToList();
        for (var i = 0; i < changes.Count; i++)
        {
            var (contact, change) = changes[i];
            const string sql = """
                INSERT INTO tags.tag_change (account_id, pos, seq, tag_id, op, contact_id, chunk, bits, cause_kind, at)
                VALUES (@account, @pos, 1, @tag, @op, @contact, @chunk, @bits, 1, @at)
                """;
            await using var command = new NpgsqlCommand(sql, connection);
            command.Parameters.AddWithValue("account", world.AccountId);
            command.Parameters.AddWithValue("pos", (long)i);
            command.Parameters.AddWithValue("tag", change.TagId);
            command.Parameters.AddWithValue("op", change.Added ? 1 : 2);
            command.Parameters.Add(new NpgsqlParameter("contact", NpgsqlDbType.Integer) { Value = change.InBulk ? DBNull.Value : contact });
            command.Parameters.AddWithValue("chunk", contact / ChunkSize);
            command.Parameters.Add(new NpgsqlParameter("bits", NpgsqlDbType.Bit) { Value = change.InBulk ? Bits([contact]) : DBNull.Value });
            command.Parameters.AddWithValue("at", change.At.ToDateTimeUtc());
            await command.ExecuteNonQueryAsync();
        }
    }

    private static async Task BitsAsync(NpgsqlConnection connection, string sql, int account, int tag, IGrouping<int, int> chunk)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue("account", account);
        command.Parameters.AddWithValue("tag", tag);
        command.Parameters.AddWithValue("chunk", chunk.Key);
        command.Parameters.Add(new NpgsqlParameter("bits", NpgsqlDbType.Bit) { Value = Bits(chunk) });
        await command.ExecuteNonQueryAsync();
    }

    private static BitArray Bits(IEnumerable<int> contacts)
    {
        var bits = new BitArray(ChunkSize);
        foreach (var contact in contacts)
        {
            bits[contact % ChunkSize] = true;
        }

        return bits;
    }

    private static Task ActivitiesAsync(NpgsqlConnection connection, World world) =>
        connection.ExecuteAsync(
            """
            INSERT INTO campaigns.activity (account_id, contact_id, at, pos, kind, channel, campaign_id, detail, properties, bounce)
            VALUES (@AccountId, @Id, @at, 1, @Kind, @Channel, CAST(@CampaignId AS uuid), @Detail, CAST(@Properties AS jsonb), nullif(@Bounce, 0))
            """,
            world.Contacts.SelectMany(c => c.Activities.Select(a =>
                new { world.AccountId, c.Id, at = a.At.ToDateTimeUtc(), a.Kind, a.Channel, a.CampaignId, Detail = a.Event ?? a.Link, a.Properties, a.Bounce })));

    // What the campaign service keeps beside the events: the last of each kind by e-mail, whatever its time.
    private static Task RollUpAsync(NpgsqlConnection connection, World world) =>
        connection.ExecuteAsync(
            """
            INSERT INTO campaigns.contact_activity
            SELECT account_id, contact_id, max(at) FILTER (WHERE kind = 1), max(at) FILTER (WHERE kind = 2), max(at) FILTER (WHERE kind = 3),
                   max(at) FILTER (WHERE kind = 4), max(at) FILTER (WHERE kind = 5), max(at) FILTER (WHERE kind = 6),
                   max(at) FILTER (WHERE kind = 7), max(at) FILTER (WHERE kind = 8)
            FROM campaigns.activity
            WHERE account_id = @AccountId AND channel = 1
            GROUP BY account_id, contact_id
            """,
            new { world.AccountId });

    private static Task ClocksAsync(NpgsqlConnection connection, World world) =>
        connection.ExecuteAsync(
            """
            INSERT INTO crm.clock (account_id, pos, nonce) VALUES (@AccountId, 1000000, gen_random_uuid());
            INSERT INTO crm.commit (account_id, pos, nonce) SELECT account_id, pos, nonce FROM crm.clock WHERE account_id = @AccountId;
            INSERT INTO campaigns.activity_clock (account_id, pos, nonce, max_at)
            SELECT @AccountId, 1, gen_random_uuid(), max(at) FROM campaigns.activity WHERE account_id = @AccountId HAVING max(at) IS NOT NULL;
            INSERT INTO campaigns.activity_commit (account_id, pos, nonce, contact_ids)
            SELECT account_id, pos, nonce, '{}' FROM campaigns.activity_clock WHERE account_id = @AccountId
            """,
            new { world.AccountId });

    private static async Task OpportunitiesAsync(NpgsqlConnection connection, World world)
    {
        var number = 0;
        await connection.ExecuteAsync(
            """
            INSERT INTO crm.opportunity (account_id, opportunity_id, contact_id, name, pipeline_id, stage_id, status, amount, opened_on, closed_on, fields, stage_since)
            VALUES (@AccountId, @number, @Id, @Name, @PipelineId, @StageId, @Status, @Amount, DATE '2000-01-01' + CAST(@opened AS int), DATE '2000-01-01' + CAST(@closed AS int),
                CAST(@fields AS jsonb), @since)
            """,
            world.Contacts.SelectMany(c => c.Opportunities.Select(o => new
            {
                world.AccountId,
                number = o.Id = ++number,
                c.Id,
                o.Name,
                o.PipelineId,
                o.StageId,
                o.Status,
                o.Amount,
                opened = DayNumber(o.Opened),
                closed = DayNumber(o.Closed),
                fields = Json(o.Fields),
                since = o.StageSince.ToDateTimeUtc(),
            })));
        // An orphan matches no contact.
        await connection.ExecuteAsync(
            "INSERT INTO crm.opportunity (account_id, opportunity_id, name, pipeline_id, stage_id, amount) VALUES (@AccountId, 100000, 'Rural', 1, 1, 1000000)", new { world.AccountId });
    }

    // .NET's last day is PostgreSQL's infinity to Npgsql, so days travel as numbers.
    private static int? DayNumber(LocalDate? day) => day is { } value ? Period.DaysBetween(s_dayZero, value) : null;

    private static string Json(Dictionary<int, object?> fields) =>
        JsonSerializer.Serialize(fields.ToDictionary(field => field.Key.ToString(System.Globalization.CultureInfo.InvariantCulture), field => field.Value switch
        {
            LocalDate day => LocalDatePattern.Iso.Format(day),
            Instant instant => instant.ToDateTimeUtc().ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", System.Globalization.CultureInfo.InvariantCulture),
            var other => other,
        }));
}
