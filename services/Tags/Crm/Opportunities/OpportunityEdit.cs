using Crm.Contacts.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.Tags.Crm.Contacts;
using TagSegments.Tags.Crm.Fields;
using Status = Crm.Contacts.V1.Opportunity.Types.Status;

namespace TagSegments.Tags.Crm.Opportunities;

/// <summary>The values that a request sets on an opportunity: checked before anything is read, applied when the opportunity is known.</summary>
internal sealed class OpportunityEdit
{
    private const string FieldPrefix = "fields.";
    private static readonly string[] s_names =
        ["external_id", "contact_id", "name", "pipeline_id", "stage_id", "status", "amount", "opened_date", "closed_date"];

    private readonly List<Func<OpportunityState, OpportunityState>> _changes = [];
    private readonly FieldChecks _checks = new();
    private readonly Opportunity _opportunity;
    private readonly FieldCatalog _catalog;

    private OpportunityEdit(Opportunity opportunity, FieldCatalog catalog) => (_opportunity, _catalog) = (opportunity, catalog);

    /// <summary>The custom fields whose values are set, as they were when the values were read.</summary>
    public List<Field> Fields { get; } = [];

    /// <summary>Reads a creation or update; throws INVALID_ARGUMENT with everything that is wrong with it.</summary>
    public static OpportunityEdit Read(Opportunity opportunity, FieldMask? mask, FieldCatalog catalog)
    {
        var edit = new OpportunityEdit(opportunity, catalog);
        if (mask is null || mask.Paths.Count == 0)
        {
            edit.AddWhatIsSet();
        }
        else
        {
            for (var i = 0; i < mask.Paths.Count; i++)
            {
                edit.AddMasked(mask.Paths[i], $"update_mask.paths[{i}]");
            }
        }

        edit._checks.ThrowIfAny();
        return edit;
    }

    /// <summary>Returns the state that the edit makes of <paramref name="state"/>.</summary>
    public OpportunityState Apply(OpportunityState state) => _changes.Aggregate(state, (current, change) => change(current));

    private void AddWhatIsSet()
    {
        foreach (var name in s_names.Where(name => !IsDefault(Opportunity.Descriptor.FindFieldByName(name).Accessor.GetValue(_opportunity))))
        {
            Add(name);
        }

        AddFields();
    }

    private void AddMasked(string path, string maskPath)
    {
        switch (path)
        {
            case "fields":
                _changes.Add(state => state with { Fields = WithoutKnown(state.Fields) });
                AddFields();
                break;
            case var _ when path.StartsWith(FieldPrefix, StringComparison.Ordinal):
                AddField(path[FieldPrefix.Length..], maskPath);
                break;
            case var _ when s_names.Contains(path):
                Add(path);
                break;
            default:
                _checks.Require(false, maskPath, "is not an attribute that can be changed");
                break;
        }
    }

    private void Add(string name) => _changes.Add(name switch
    {
        "external_id" => Text("external_id", _opportunity.ExternalId, (state, text) => state with { ExternalId = text }),
        "name" => Text("name", _opportunity.Name, (state, text) => state with { Name = text }),
        "contact_id" => state => state with { ContactId = _opportunity.ContactId == 0 ? null : _opportunity.ContactId },
        "pipeline_id" => state => state with { PipelineId = _opportunity.PipelineId },
        "stage_id" => state => state with { StageId = _opportunity.StageId },
        "status" => StatusChange(),
        "amount" => Value("amount", Field.Types.Type.Number, _opportunity.Amount, (state, json) => state with { Amount = json }),
        "opened_date" => Value("opened_date", Field.Types.Type.Date, _opportunity.OpenedDate, (state, json) => state with { OpenedOn = Day(json) }),
        _ => Value("closed_date", Field.Types.Type.Date, _opportunity.ClosedDate, (state, json) => state with { ClosedOn = Day(json) }),
    });

    private Func<OpportunityState, OpportunityState> StatusChange()
    {
        _checks.Require(System.Enum.IsDefined(_opportunity.Status), "opportunity.status", "is not a known status");
        var status = _opportunity.Status == Status.Unspecified ? Status.Open : _opportunity.Status;
        return state => state with { Status = status };
    }

    private Func<OpportunityState, OpportunityState> Text(
        string name, string value, Func<OpportunityState, string?, OpportunityState> change)
    {
        var text = ContactAttribute.Clean(value);
        _checks.Require(text is null || text.Length <= 200, $"opportunity.{name}", "is longer than 200 characters");
        _checks.Require(text is null || !text.Any(char.IsControl), $"opportunity.{name}", "must not contain control characters");
        return state => change(state, text);
    }

    private Func<OpportunityState, OpportunityState> Value(
        string name, Field.Types.Type type, string value, Func<OpportunityState, string?, OpportunityState> change)
    {
        var parse = FieldParse.FromText(type, [], value, TextForm.Api);
        _checks.Require(parse.Problem is null, $"opportunity.{name}", parse.Problem ?? "");
        return state => change(state, parse.Json);
    }

    private void AddFields()
    {
        foreach (var key in _opportunity.Fields?.Fields.Keys ?? [])
        {
            AddField(key, $"opportunity.fields.{key}");
        }
    }

    private void AddField(string key, string unknownPath)
    {
        var value = _opportunity.Fields is { } fields && fields.Fields.TryGetValue(key, out var given) ? given : Google.Protobuf.WellKnownTypes.Value.ForNull();
        var parsed = new FieldValues();
        FieldStruct.Set(parsed, _catalog, key, value, _checks, _catalog.Find(key) is null ? unknownPath : $"opportunity.fields.{key}");
        if (_catalog.Find(key) is { } field)
        {
            Fields.Add(field);
            _changes.Add(state => state with { Fields = With(state.Fields, field.FieldId, parsed[field.FieldId]) });
        }
    }

    private FieldValues WithoutKnown(FieldValues fields)
    {
        var kept = fields.Copy();
        foreach (var (fieldId, _) in fields.All.Where(value => _catalog.Find(value.Key) is not null))
        {
            kept[fieldId] = null;
        }

        return kept;
    }

    private static FieldValues With(FieldValues fields, int fieldId, string? json)
    {
        var copy = fields.Copy();
        copy[fieldId] = json;
        return copy;
    }

    private static string? Day(string? json) => json is null ? null : FieldJson.ToText(json);

    private static bool IsDefault(object value) => value is "" or 0 || (value is System.Enum && Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture) == 0);
}
