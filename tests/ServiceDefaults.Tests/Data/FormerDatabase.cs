using Dapper;
using Npgsql;
using TagSegments.Campaigns;
using TagSegments.Segments;
using TagSegments.ServiceDefaults.Data;
using TagSegments.Tags;
using TagSegments.Testing;
using TagSegments.Workflows;

namespace TagSegments.ServiceDefaults.Tests.Data;

/// <summary>A database as the services had it before addresses had keys and texts were composed, with what people had stored by then.</summary>
internal static class FormerDatabase
{
    private static readonly (Type App, string Last)[] s_versions =
        [(typeof(TagsApp), "0025"), (typeof(SegmentsApp), "0007"), (typeof(CampaignsApp), "0026"), (typeof(WorkflowsApp), "0015")];

    /// <summary>Writes a text as Macs do: letters and their marks apart.</summary>
    public static string Apart(string text) => text.Normalize(System.Text.NormalizationForm.FormD);

    public static async Task<TestDatabase> CreateAsync()
    {
        var database = await (await PostgresFixture.SharedAsync()).CreateEmptyDatabaseAsync();
        foreach (var (app, last) in s_versions)
        {
            await Migrator.MigrateAsync(database.OwnerConnectionString, app.Assembly, null, null, last, default);
        }

        await using var connection = new NpgsqlConnection(database.OwnerConnectionString);
        await connection.OpenAsync();
        await FillAsync(connection);
        return database;
    }

    public static async Task MigrateAsync(TestDatabase database)
    {
        foreach (var (app, _) in s_versions)
        {
            await Migrator.MigrateAsync(database.OwnerConnectionString, app.Assembly, null, null, default);
        }
    }

    private static async Task FillAsync(NpgsqlConnection connection)
    {
        await connection.ExecuteAsync(
            """
            INSERT INTO crm.account (name) VALUES ('old');
            INSERT INTO crm.clock (account_id, pos, nonce) VALUES (1, 1, gen_random_uuid());
            INSERT INTO crm.commit (account_id, pos, nonce) SELECT account_id, pos, nonce FROM crm.clock;
            INSERT INTO crm.id_block (account_id, kind, next_id) VALUES (1, 'contact', 1001), (1, 'field', 101);
            INSERT INTO tags.tag_chunk (account_id, tag_id, chunk, bits)
            SELECT 1, 0, 0, bit_or(set_bit(repeat('0', 16384)::bit(16384), n, 1)) FROM generate_series(1, 7) AS n;
            INSERT INTO crm.field (account_id, field_id, target, key, type) VALUES (1, 1, 1, 'city', 1), (1, 2, 1, 'country', 1);
            """);
        await connection.ExecuteAsync(
            "INSERT INTO crm.field (account_id, field_id, target, key, type, choices) VALUES (1, 3, 1, 'tier', 6, @tiers), (1, 4, 2, 'product', 1, '{}')",
            new { tiers = new[] { Apart("Été"), "Été", "Gold", Apart("Ångström") } });
        // As the version before wrote them: the key only in lower case, no key of phones, texts as they came.
        await connection.ExecuteAsync(
            """
            INSERT INTO crm.contact (account_id, contact_id, external_id, email, email_key, phone, first_name, fields)
            VALUES (1, @Id, @ExternalId, @Email, lower(@Email), @Phone, @Name, @Fields::jsonb)
            """,
            new[]
            {
                Contact(1, Apart("é1"), "info@bücher.example", "0660 1234567", Apart("Zoë"), $$"""{"1": "{{Apart("Québec")}}", "2": "Austria"}"""),
                Contact(2, "é2", Apart("info@bücher.example"), "0043 660 1234567", "Zoë", """{"1": "Québec"}"""),
                Contact(3, null, "info@xn--bcher-kva.example", "+43 660 1234567", Apart("Zoë"), $$"""{"3": "{{Apart("Été")}}"}"""),
                // Two ids that differ only in their composition stay as they are.
                Contact(4, Apart("Ö"), null, null, "Ann", """{"3": "Été"}"""),
                Contact(5, "Ö", null, "0660 1234567", "Ann", "{}"),
                Contact(6, null, "Ann@X.example", "+49 170 1234567", null, "{}"),
            });
        await connection.ExecuteAsync(
            """
            INSERT INTO crm.pipeline (account_id, pipeline_id, name) VALUES (1, 1, @sales), (1, 2, @taken), (1, 3, 'Café');
            INSERT INTO crm.stage (account_id, stage_id, pipeline_id, name, ordinal) VALUES (1, 1, 1, @stage, 1);
            INSERT INTO crm.opportunity (account_id, opportunity_id, external_id, contact_id, name, pipeline_id, stage_id, fields)
            VALUES (1, 1, @deal, 1, @deal, 1, 1, jsonb_build_object('4', @deal));
            INSERT INTO segments.segment (account_id, segment_id, name, filter, created_at, updated_at) VALUES
                (1, gen_random_uuid(), @segment, @filter::jsonb, now(), now()),
                (1, gen_random_uuid(), @taken, @filter::jsonb, now(), now()), (1, gen_random_uuid(), 'Café', @filter::jsonb, now(), now());
            INSERT INTO segments.segment_version (account_id, segment_id, version, name, filter, author, created_at)
            SELECT 1, segment_id, 1, name, filter, 'me', now() FROM segments.segment;
            INSERT INTO segments.smart_list
            VALUES (1, gen_random_uuid(), @segment, '', @filter::jsonb, NULL, NULL, '{email}', '', false, 1, now(), now());
            INSERT INTO workflows.workflow (account_id, workflow_id, name, draft) VALUES (1, gen_random_uuid(), @segment, @workflow::jsonb);
            INSERT INTO campaigns.activity_clock (account_id, pos, nonce, max_at) VALUES (1, 1, gen_random_uuid(), now());
            INSERT INTO campaigns.activity_commit (account_id, pos, nonce, contact_ids) SELECT account_id, pos, nonce, '{1,2}' FROM campaigns.activity_clock;
            INSERT INTO campaigns.activity (account_id, contact_id, at, kind, channel, pos, detail, properties) VALUES
                (1, 1, now() - interval '1 hour', 9, 0, 1, 'Bought', jsonb_build_object('what', @deal)),
                (1, 2, now() - interval '1 hour', 9, 0, 1, 'Bought', jsonb_build_object('what', normalize(@deal, NFC))),
                (1, 2, now() - interval '1 hour', 4, 1, 1, @link, NULL);
            INSERT INTO campaigns.suppression (account_id, channel, address_key, reason) VALUES (1, 1, lower(@email), 2), (1, 2, '00436601234567', 3);
            """,
            new
            {
                sales = Apart("Küche"),
                stage = Apart("Geprüft"),
                taken = Apart("Café"),
                deal = Apart("Möbel"),
                segment = Apart("Größe"),
                email = Apart("info@bücher.example"),
                link = $"https://example.org/{Apart("Möbel")}",
                filter = $$$"""{"field": {"field": {"fieldId": 1}, "operator": "OPERATOR_EQUALS", "values": ["{{{Apart("Québec")}}}"]}}""",
                workflow = $$"""{"name": "{{Apart("Größe")}}", "nodes": []}""",
            });
    }

    private static object Contact(int id, string? externalId, string? email, string? phone, string? name, string fields) =>
        new { Id = id, ExternalId = externalId, Email = email, Phone = phone, Name = name, Fields = fields };
}
