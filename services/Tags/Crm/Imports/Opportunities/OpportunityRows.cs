using System.Globalization;
using TagSegments.Tags.Crm.Fields;
using TagSegments.Tags.Crm.Opportunities;
using TagSegments.Tags.Crm.Imports.Files;
using TagSegments.Tags.Crm.Imports.Fields;
using TagSegments.Tags.Crm.Imports.Columns;
using Status = Crm.Contacts.V1.Opportunity.Types.Status;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Crm.Imports.Opportunities;

/// <summary>Reads rows as opportunities.</summary>
internal sealed class OpportunityRows(ImportSettings settings, PlannedFields fields, RowKeys keys)
{
    private readonly ImportColumn? _key = settings.Find("external_id");
    private readonly ImportColumn? _contact = settings.Find("contact");
    private readonly ImportColumn? _name = settings.Find("name");
    private readonly ImportColumn _stage = settings.Find(ImportSettings.StageTarget)!;
    private readonly ImportColumn? _amount = settings.Find("amount");
    private readonly ImportColumn? _opened = settings.Find("opened");
    private readonly ImportColumn? _closed = settings.Find("closed");

    /// <summary>The custom fields that rows have values of.</summary>
    public PlannedFields Fields => fields;

    /// <summary>Reads a row; null if it has errors, which it reports.</summary>
    public OpportunityDraft? Read(CsvRow row, RowReport report)
    {
        var values = new FieldValues();
        var key = settings.NumbersRows ? row.Number.ToString(CultureInfo.InvariantCulture) : Text(_key, row);
        var stage = Text(_stage, row);
        Require(key is not null || _key is null, _key, "is empty, but rows are matched by it");
        Require(stage is not null, _stage, "is empty: an opportunity is in a stage");
        Require(stage is null || ImportStages.IsName(stage), _stage, "must have 1 to 200 characters without control characters");
        var amount = Value(Type.Number, _amount);
        var opened = Value(Type.Date, _opened);
        var closed = Value(Type.Date, _closed);
        ImportFieldValues.Read(row, fields.ByColumn, values, report);
        return report.IsRefused ? null : new OpportunityDraft
        {
            Line = row.Line,
            Stage = stage!,
            Key = key,
            IsLater = settings.KeepsFirst && key is not null && !keys.IsFirst(key),
            Contact = _contact?.Read(row),
            Values = new OpportunityState
            {
                ExternalId = key,
                Name = Text(_name, row),
                Status = StatusOf(stage!),
                Amount = amount,
                OpenedOn = opened is null ? null : FieldJson.ToText(opened),
                ClosedOn = closed is null ? null : FieldJson.ToText(closed),
                Fields = values,
            },
        };

        string? Text(ImportColumn? column, CsvRow cells)
        {
            var text = column?.Read(cells);
            Require(text is null || (text.Length <= 200 && !text.Any(char.IsControl)), column, "is longer than 200 characters or has control characters");
            return text;
        }

        string? Value(Type type, ImportColumn? column)
        {
            var parse = column?.Read(row) is { } text ? FieldParse.FromText(type, [], text, column.Form) : default;
            if (parse.Problem is not null)
            {
                report.BadValue(column!.Header, parse.Problem, column.Read(row)!);
            }

            return parse.Json;
        }

        void Require(bool holds, ImportColumn? column, string problem)
        {
            if (!holds)
            {
                report.Refuse(column!.Header, problem, column.Read(row));
            }
        }
    }

    /// <summary>The status that a stage of this name implies.</summary>
    public static Status StatusOf(string stage) => stage switch
    {
        _ when stage.Equals("Won", StringComparison.OrdinalIgnoreCase) => Status.Won,
        _ when stage.Equals("Lost", StringComparison.OrdinalIgnoreCase) => Status.Lost,
        _ => Status.Open,
    };
}
