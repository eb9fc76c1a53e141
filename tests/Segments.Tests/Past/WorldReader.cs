using System.Text.Json;
using Dapper;
using NodaTime;
using NodaTime.Text;
using Npgsql;
using TagSegments.Filters.Catalog;
using TagSegments.Testing.Oracle;
using FieldType = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Segments.Tests.Past;

/// <summary>
/// Copies the present state of an account into a world, from the tables of the present alone. The oracle is asked later about this instant.
/// </summary>
internal sealed class WorldReader(NpgsqlConnection connection, int accountId)
{
    public async Task<World> ReadAsync(FilterCatalog catalog)
    {
        var contacts = (await ContactsAsync(catalog)).ToDictionary(contact => contact.Id);
        await TagsAsync(contacts);
        await ActivitiesAsync(contacts);
        await OpportunitiesAsync(contacts, catalog);
        var suppressed = await QueryAsync<(short Channel, string Key)>(
            "SELECT channel, address_key FROM campaigns.suppression WHERE account_id = @accountId");
        return new World(
            accountId,
            catalog.TimeZone,
            catalog.WeekStart,
            [.. contacts.Values],
            suppressed.Select(entry => ((int)entry.Channel, entry.Key)).ToHashSet())
        {
            Tags = await NamesAsync("SELECT tag_id, name FROM tags.tag WHERE account_id = @accountId AND deleted_at IS NULL"),
            Pipelines = await NamesAsync("SELECT pipeline_id, name FROM crm.pipeline WHERE account_id = @accountId"),
            Stages = [.. await QueryAsync<(int, int, string)>("SELECT stage_id, pipeline_id, name FROM crm.stage WHERE account_id = @accountId")],
        };
    }

    private async Task<List<WorldContact>> ContactsAsync(FilterCatalog catalog)
    {
        var rows = await QueryAsync<string>(
            "SELECT to_jsonb(c)::text FROM crm.contact c WHERE account_id = @accountId AND deleted_at IS NULL ORDER BY contact_id");
        return rows.Select(row => Contact(JsonDocument.Parse(row).RootElement, catalog)).ToList();
    }

    private static WorldContact Contact(JsonElement row, FilterCatalog catalog)
    {
        var contact = new WorldContact(row.GetProperty("contact_id").GetInt32())
        {
            EmailConsent = row.GetProperty("email_consent").GetInt32(),
            SmsConsent = row.GetProperty("sms_consent").GetInt32(),
            DoNotDisturb = row.GetProperty("do_not_disturb").GetBoolean(),
            Created = Time(row.GetProperty("created_at").GetDateTimeOffset()),
            Updated = Time(row.GetProperty("updated_at").GetDateTimeOffset()),
        };
        foreach (var name in new[] { "external_id", "email", "phone", "first_name", "last_name", "time_zone", "language" })
        {
            contact.Texts[name] = row.GetProperty(name).GetString();
        }

        Fill(contact.Fields, row.GetProperty("fields"), catalog.ContactCustomFields);
        return contact;
    }

    private static void Fill(Dictionary<int, object?> values, JsonElement json, IEnumerable<FilterField> fields)
    {
        foreach (var field in fields)
        {
            if (json.TryGetProperty($"{field.FieldId}", out var value))
            {
                values[field.FieldId] = field.Type switch
                {
                    FieldType.Number => value.GetDecimal(),
                    FieldType.Boolean => value.GetBoolean(),
                    FieldType.Date => LocalDatePattern.Iso.Parse(value.GetString()!).Value,
                    FieldType.DateTime => Time(value.GetDateTimeOffset()),
                    FieldType.MultipleChoice => value.EnumerateArray().Select(choice => choice.GetString()!).ToArray(),
                    _ => value.GetString(),
                };
            }
        }
    }

    private async Task TagsAsync(Dictionary<int, WorldContact> contacts)
    {
        const string heldSql = """
            SELECT c.contact_id, t.tag_id
            FROM tags.tag_chunk t
            JOIN crm.contact c ON c.account_id = t.account_id AND c.contact_id / 16384 = t.chunk AND get_bit(t.bits, c.contact_id % 16384) = 1
            WHERE t.account_id = @accountId AND t.tag_id > 0 AND c.deleted_at IS NULL
            """;
        const string changedSql = """
            SELECT c.contact_id, h.tag_id, h.op, h.at
            FROM tags.tag_change h
            JOIN crm.contact c ON c.account_id = h.account_id AND (
                c.contact_id = h.contact_id
                OR h.contact_id IS NULL AND c.contact_id / 16384 = h.chunk AND get_bit(h.bits, c.contact_id % 16384) = 1)
            WHERE h.account_id = @accountId AND h.tag_id > 0 AND c.deleted_at IS NULL
            """;
        foreach (var (contactId, tagId) in await QueryAsync<(int, int)>(heldSql))
        {
            contacts[contactId].Tags.Add(tagId);
        }

        foreach (var (contactId, tagId, op, at) in await QueryAsync<(int, int, short, DateTime)>(changedSql))
        {
            contacts[contactId].TagChanges.Add(new WorldTagChange(tagId, op == 1, Time(at), InBulk: false));
        }
    }

    private async Task ActivitiesAsync(Dictionary<int, WorldContact> contacts)
    {
        const string sql = """
            SELECT contact_id, kind, channel, at, campaign_id::text, detail, properties::text, bounce
            FROM campaigns.activity
            WHERE account_id = @accountId
            """;
        foreach (var (contactId, kind, channel, at, campaign, detail, json, bounce)
            in await QueryAsync<(int, short, short, DateTime, string?, string?, string?, short?)>(sql))
        {
            contacts.GetValueOrDefault(contactId)?.Activities.Add(new WorldActivity(kind, channel, Time(at), campaign, detail, json) { Link = detail, Bounce = bounce ?? 0 });
        }
    }

    private async Task OpportunitiesAsync(Dictionary<int, WorldContact> contacts, FilterCatalog catalog)
    {
        foreach (var row in await QueryAsync<string>("SELECT to_jsonb(o)::text FROM crm.opportunity o WHERE account_id = @accountId AND contact_id IS NOT NULL"))
        {
            var json = JsonDocument.Parse(row).RootElement;
            var opportunity = new WorldOpportunity(
                json.GetProperty("name").GetString(),
                json.GetProperty("pipeline_id").GetInt32(),
                json.GetProperty("stage_id").GetInt32(),
                json.GetProperty("status").GetInt32(),
                json.GetProperty("amount") is { ValueKind: JsonValueKind.Number } amount ? amount.GetDecimal() : null,
                Day(json.GetProperty("opened_on").GetString()),
                Day(json.GetProperty("closed_on").GetString()),
                Time(json.GetProperty("stage_since").GetDateTimeOffset()))
            {
                Id = json.GetProperty("opportunity_id").GetInt32(),
            };
            Fill(opportunity.Fields, json.GetProperty("fields"), catalog.OpportunityCustomFields);
            contacts.GetValueOrDefault(json.GetProperty("contact_id").GetInt32())?.Opportunities.Add(opportunity);
        }
    }

    private async Task<IReadOnlyList<(int, string)>> NamesAsync(string sql) => [.. await QueryAsync<(int, string)>(sql)];

    private Task<IEnumerable<T>> QueryAsync<T>(string sql) => connection.QueryAsync<T>(sql, new { accountId });

    private static Instant Time(DateTimeOffset time) => Instant.FromDateTimeOffset(time);

    private static LocalDate? Day(string? text) => text is null ? null : LocalDatePattern.Iso.Parse(text).Value;
}
