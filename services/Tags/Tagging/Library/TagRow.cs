using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;

namespace TagSegments.Tags.Tagging.Library;

/// <summary>A row of the tag library.</summary>
internal sealed record TagRow(
    int TagId,
    string Name,
    string Description,
    string Color,
    string WhenToApply,
    string Examples,
    string Owner,
    DateTime CreatedAt,
    DateTime UpdatedAt,
    DateTime? DeletedAt,
    long Version)
{
    /// <summary>The columns, of table alias <c>t</c>, in the order of the record.</summary>
    public const string Columns = """
        t.tag_id, t.name, t.description, t.color, t.when_to_apply, t.examples, t.owner, t.created_at, t.updated_at, t.deleted_at, t.version
        """;

    /// <summary>Returns the tag with the number of its contacts.</summary>
    public Tag ToProto(int contactCount = 0) => new()
    {
        TagId = TagId,
        Name = Name,
        Description = Description,
        Color = Color,
        WhenToApply = WhenToApply,
        Examples = Examples,
        Owner = Owner,
        ContactCount = contactCount,
        CreateTime = Timestamp.FromDateTime(CreatedAt),
        UpdateTime = Timestamp.FromDateTime(UpdatedAt),
        DeleteTime = DeletedAt is { } deletedAt ? Timestamp.FromDateTime(deletedAt) : null,
        Version = Version,
    };
}
