using Crm.Contacts.V1;
using Dapper;
using TagSegments.Csv;
using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Imports.Fields;

namespace TagSegments.Tags.Crm.Imports.Contacts;

/// <summary>Shows rows as they would be, for a dry run.</summary>
internal static class ContactPreview
{
    /// <summary>The most rows that are shown.</summary>
    public const int MaxRows = 20;

    /// <summary>Returns a row with the values that its contact would have.</summary>
    public static ImportPreview Of(PlannedContact row, ImportSettings settings, PlannedFields fields)
    {
        var preview = new ImportPreview { Line = row.Line, Outcome = row.Outcome };
        if (settings.NumbersRows)
        {
            Add("external_id", row.State[ContactAttribute.ExternalId]);
        }

        foreach (var column in settings.Columns.Where(column => column.Target.Length > 0))
        {
            Add(column.Target, fields.ByColumn.TryGetValue(column, out var field) ? TextOf(row.State.Fields[field.FieldId]) : ValueOf(column.Target, row));
        }

        foreach (var channel in ConsentValue.Channels.Where(row.Target.Consents.IsChanged))
        {
            Add(new ConsentTarget(channel, ConsentPart.State).Name, row.Target.Consents.After(channel).State.ToString().ToLowerInvariant());
        }

        Add("tags", row.Tags.Length == 0 ? null : ListText.Join(row.Tags));
        return preview;

        void Add(string target, string? value)
        {
            if (value is not null)
            {
                preview.Values[target] = value;
            }
        }
    }

    /// <summary>Counts the tags of rows that their contacts do not have yet.</summary>
    public static async Task<int> CountNewTagsAsync(
        AccountDatabase database, int accountId, ContactPlan plan, ImportTags tags, CancellationToken ct)
    {
        const string sql = """
            SELECT p.n
            FROM unnest(@tagIds, @contactIds) WITH ORDINALITY AS p (tag_id, contact_id, n)
            JOIN tags.tag_chunk t ON t.account_id = @accountId AND t.tag_id = p.tag_id AND t.chunk = p.contact_id / @bits
            WHERE get_bit(t.bits, p.contact_id % @bits) = 1
            """;
        var pairs = plan.Rows.SelectMany(row => row.Tags.Select(name => (TagId: tags.NumberOf(name), row.Target)))
            .Where(pair => pair.Target.AddTag(pair.TagId))
            .ToList();
        var old = pairs.FindAll(pair => pair is { TagId: > 0, Target.ContactId: > 0 });
        if (old.Count == 0)
        {
            return pairs.Count;
        }

        var values = new
        {
            accountId,
            tagIds = old.ConvertAll(pair => pair.TagId).ToArray(),
            contactIds = old.ConvertAll(pair => pair.Target.ContactId).ToArray(),
            bits = ChunkLayout.Bits,
        };
        await using var connection = await database.OpenAsync(accountId, ct);
        var present = await connection.QueryAsync<long>(new CommandDefinition(sql, values, cancellationToken: ct));
        return pairs.Count - present.Count();
    }

    private static string? ValueOf(string target, PlannedContact row) =>
        target == ColumnMapping.CreatedTarget ? (row.Target.CreatedAt is { } at && row.Target.ContactId == 0 ? Dates.ToText(at) : null)
        : ContactAttribute.Find(target) is { } attribute ? row.State[attribute]
        : target == ColumnMapping.DoNotDisturbTarget ? (row.State.DoNotDisturb ? "true" : "false")
        : null;

    private static string? TextOf(string? json) => json is null ? null : FieldParse.ToText(json);
}
