using System.Globalization;
using Crm.Contacts.V1;
using Crm.Workflows.V1;
using Google.Protobuf.WellKnownTypes;
using TagSegments.ServiceDefaults.Memory;
using Field = Crm.Contacts.V1.Field;
using FieldType = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Workflows.Definitions;

/// <summary>Reads the values of <c>set_field</c> by the types of an account's contact fields.</summary>
internal sealed class FieldTypes(FieldService.FieldServiceClient fields, MemoryBudget memory, TimeProvider time)
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromSeconds(30);
    private static readonly string[] s_texts = ["first_name", "last_name", "phone", "language", "time_zone"];
    // A field: its key, of up to some dozens of characters, and its place in the dictionary.
    private const int FieldBytes = 150;
    private readonly AccountCache<int, Known> _accounts = new(memory, "field types", (_, known) => FieldBytes * known.Types.Count);

    /// <summary>Whether the name is that of an attribute that every contact has.</summary>
    public static bool IsBuiltIn(string field) => s_texts.Contains(field) || field == "do_not_disturb";

    /// <summary>Describes the fault of the action; null if it has none.</summary>
    public async Task<string?> ProblemAsync(AccountInfo account, SetFieldAction action, CancellationToken ct)
    {
        if (s_texts.Contains(action.Field) || (action.Field == "do_not_disturb" && bool.TryParse(action.Value, out _)))
        {
            return null;
        }

        if (action.Field == "do_not_disturb")
        {
            return "do_not_disturb is true or false";
        }

        return (await TypesAsync(account, ct)).TryGetValue(action.Field, out var type)
            ? ReadValue(action.Value, type) is null ? $"\"{action.Value}\" is not a value for a field of type {type}" : null
            : $"there is no contact field \"{action.Field}\"";
    }

    /// <summary>Makes the contact and the mask of the update that carries the action out.</summary>
    public async Task<(Contact Contact, FieldMask? Mask)> UpdateOfAsync(AccountInfo account, SetFieldAction action, CancellationToken ct)
    {
        var contact = new Contact();
        if (s_texts.Contains(action.Field) || action.Field == "do_not_disturb")
        {
            var field = Contact.Descriptor.FindFieldByName(action.Field);
            field.Accessor.SetValue(contact, action.Field == "do_not_disturb" ? bool.Parse(action.Value) : action.Value);
            return (contact, new FieldMask { Paths = { action.Field } });
        }

        var types = await TypesAsync(account, ct);
        var value = types.TryGetValue(action.Field, out var type) ? ReadValue(action.Value, type) : null;
        contact.Fields = new Struct
        {
            Fields = { [action.Field] = value ?? throw RpcErrors.InvalidField("set_field", (await ProblemAsync(account, action, ct))!) },
        };
        return (contact, null);
    }

    private async Task<Dictionary<string, FieldType>> TypesAsync(AccountInfo account, CancellationToken ct)
    {
        if (_accounts.TryGet(account.Id, out var entry) && time.GetUtcNow() - entry.LoadedAt < s_lifetime)
        {
            return entry.Types;
        }

        var response = await fields.ListFieldsAsync(new() { Account = account.Name }, cancellationToken: ct);
        var types = response.Fields
            .Where(field => field.Target is not Field.Types.Target.Opportunity)
            .ToDictionary(field => field.Key, field => field.Type);
        _accounts.Set(account.Id, new Known(types, time.GetUtcNow()));
        return types;
    }

    private static Value? ReadValue(string text, FieldType type)
    {
        var invariant = CultureInfo.InvariantCulture;
        return type switch
        {
            _ when text.Length == 0 => Value.ForNull(),
            FieldType.Number => decimal.TryParse(text, NumberStyles.Number, invariant, out _) ? Value.ForString(text) : null,
            FieldType.Boolean => bool.TryParse(text, out var truth) ? Value.ForBool(truth) : null,
            FieldType.Date => DateOnly.TryParseExact(text, "yyyy-MM-dd", invariant, DateTimeStyles.None, out _) ? Value.ForString(text) : null,
            FieldType.YearlyDay => DateOnly.TryParseExact($"2000{text}", "yyyy--MM-dd", invariant, DateTimeStyles.None, out _) ? Value.ForString(text) : null,
            FieldType.DateTime => DateTimeOffset.TryParse(text, invariant, DateTimeStyles.None, out _) ? Value.ForString(text) : null,
            FieldType.MultipleChoice => Value.ForList([.. text.Split(';', StringSplitOptions.TrimEntries).Select(Value.ForString)]),
            _ => Value.ForString(text),
        };
    }

    private sealed record Known(Dictionary<string, FieldType> Types, DateTimeOffset LoadedAt);
}
