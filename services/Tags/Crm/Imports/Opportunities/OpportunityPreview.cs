using Crm.Contacts.V1;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Imports.Columns;
using TagSegments.Tags.Crm.Imports.Fields;

namespace TagSegments.Tags.Crm.Imports.Opportunities;

/// <summary>Shows rows as they would be, for a dry run.</summary>
internal static class OpportunityPreview
{
    /// <summary>The most rows that are shown.</summary>
    public const int MaxRows = 20;

    /// <summary>Returns a row with the values that its opportunity would have.</summary>
    public static ImportPreview Of(PlannedOpportunity row, ImportSettings settings, PlannedFields fields)
    {
        var preview = new ImportPreview { Line = row.Draft.Line, Outcome = row.Outcome };
        if (settings.NumbersRows)
        {
            Add("external_id", row.State.ExternalId);
        }

        foreach (var column in settings.Columns.Where(column => column.Target.Length > 0))
        {
            Add(column.Target, fields.ByColumn.TryGetValue(column, out var field) ? TextOf(row.State.Fields[field.FieldId]) : ValueOf(column.Target, row));
        }

        Add("status", row.State.Status.ToString().ToLowerInvariant());
        return preview;

        void Add(string target, string? value)
        {
            if (value is not null)
            {
                preview.Values[target] = value;
            }
        }
    }

    // Without a number, the contact is not known.
    private static string? ValueOf(string target, PlannedOpportunity row) => target switch
    {
        "external_id" => row.State.ExternalId,
        "contact" => row.State.ContactId is null ? null : row.Draft.Contact,
        "name" => row.State.Name,
        ImportSettings.StageTarget => row.Draft.Stage,
        "amount" => row.State.Amount,
        "opened" => row.State.OpenedOn,
        "closed" => row.State.ClosedOn,
        _ => null,
    };

    private static string? TextOf(string? json) => json is null ? null : FieldParse.ToText(json);
}
