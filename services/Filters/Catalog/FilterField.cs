using Crm.Common.V1;
using Crm.Segments.V1;
using FieldType = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Filters.Catalog;

/// <summary>An attribute (<paramref name="FieldId"/> 0) or custom field of contacts or opportunities.</summary>
public sealed record FilterField(string Name, FieldType Type, int FieldId = 0, bool IsDeleted = false)
{
    /// <summary>The amount of an opportunity.</summary>
    public static readonly FilterField Amount = new("amount", FieldType.Number);

    /// <summary>The link that was followed by a click.</summary>
    public static readonly FilterField Link = new("link", FieldType.Text);

    /// <summary>The built-in attributes of contacts.</summary>
    public static IReadOnlyList<FilterField> ContactAttributes { get; } =
    [
        new("contact_id", FieldType.Number),
        new("external_id", FieldType.Text),
        new("email", FieldType.Text) { Addresses = Channel.Email },
        new("phone", FieldType.Text) { Addresses = Channel.Sms },
        new("first_name", FieldType.Text),
        new("last_name", FieldType.Text),
        new("time_zone", FieldType.Text),
        new("language", FieldType.Text),
        new("do_not_disturb", FieldType.Boolean),
        new("created", FieldType.DateTime),
        new("updated", FieldType.DateTime),
    ];

    /// <summary>The built-in attributes of opportunities.</summary>
    public static IReadOnlyList<FilterField> OpportunityAttributes { get; } =
    [
        new("name", FieldType.Text),
        new("pipeline", FieldType.Text),
        new("stage", FieldType.Text),
        new("status", FieldType.SingleChoice) { Choices = ["open", "won", "lost"] },
        Amount,
        new("opened", FieldType.Date),
        new("closed", FieldType.Date),
        new("stage_since", FieldType.DateTime),
    ];

    /// <summary>The allowed values of a choice field.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The channel whose addresses the values are; null if they are none. Whole addresses are compared by what they are, not as written.</summary>
    public Channel? Addresses { get; init; }

    /// <summary>Whether the field is built in.</summary>
    public bool IsAttribute => FieldId == 0;

    /// <summary>Adds the choices that the field has at another time.</summary>
    public FilterField WithChoicesOf(FilterField? other) => this with { Choices = [.. Choices.Union(other?.Choices ?? [])] };

    /// <summary>Makes the reference that a filter holds.</summary>
    public FieldRef ToRef() => IsAttribute ? new FieldRef { Attribute = Name } : new FieldRef { FieldId = FieldId };
}
