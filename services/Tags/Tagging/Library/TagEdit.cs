using System.Text.RegularExpressions;
using Crm.Tags.V1;
using TagSegments.Tags.Tagging.Naming;

namespace TagSegments.Tags.Tagging.Library;

/// <summary>The attributes of a tag that a caller may set, checked and in stored form.</summary>
internal static partial class TagEdit
{
    private const int MaxText = 2_000;
    private const int MaxOwner = 200;

    private static readonly Dictionary<string, Func<Tag, string>> s_attributes = new()
    {
        ["name"] = tag => tag.Name,
        ["description"] = tag => tag.Description,
        ["color"] = tag => tag.Color,
        ["when_to_apply"] = tag => tag.WhenToApply,
        ["examples"] = tag => tag.Examples,
        ["owner"] = tag => tag.Owner,
    };

    /// <summary>Reads the attributes of a tag to be created.</summary>
    public static Tag Read(Tag? tag)
    {
        tag ??= new Tag();
        Check(tag);
        return new Tag
        {
            Name = TagNames.Normalize(tag.Name, "tag.name"),
            Description = tag.Description,
            Color = tag.Color,
            WhenToApply = tag.WhenToApply,
            Examples = tag.Examples,
            Owner = tag.Owner,
        };
    }

    /// <summary>Lists the attributes that an update changes: the attributes of the mask or, without a mask, the attributes that are set.</summary>
    public static IReadOnlyCollection<string> Attributes(UpdateTagRequest request)
    {
        if (request.UpdateMask is not { Paths.Count: > 0 } mask)
        {
            return [.. s_attributes.Where(attribute => attribute.Value(request.Tag).Length > 0).Select(attribute => attribute.Key)];
        }

        var unknown = mask.Paths.FirstOrDefault(path => !s_attributes.ContainsKey(path));
        return unknown is null
            ? mask.Paths
            : throw RpcErrors.InvalidField("update_mask", $"\"{unknown}\" is not one of {string.Join(", ", s_attributes.Keys)}");
    }

    /// <summary>Applies an update to a row.</summary>
    public static TagRow Apply(TagRow row, Tag tag, IReadOnlyCollection<string> attributes) => row with
    {
        Name = attributes.Contains("name") ? TagNames.Normalize(tag.Name, "tag.name") : row.Name,
        Description = attributes.Contains("description") ? tag.Description : row.Description,
        Color = attributes.Contains("color") ? tag.Color : row.Color,
        WhenToApply = attributes.Contains("when_to_apply") ? tag.WhenToApply : row.WhenToApply,
        Examples = attributes.Contains("examples") ? tag.Examples : row.Examples,
        Owner = attributes.Contains("owner") ? tag.Owner : row.Owner,
    };

    /// <summary>Throws INVALID_ARGUMENT with everything but the name that breaks its limits.</summary>
    public static void Check(Tag tag)
    {
        var checks = new FieldChecks();
        CheckText(checks, "tag.description", tag.Description, MaxText);
        CheckText(checks, "tag.when_to_apply", tag.WhenToApply, MaxText);
        CheckText(checks, "tag.examples", tag.Examples, MaxText);
        CheckText(checks, "tag.owner", tag.Owner, MaxOwner);
        checks.Require(tag.Color.Length == 0 || Color().IsMatch(tag.Color), "tag.color", "is not of the form #rrggbb").ThrowIfAny();
    }

    private static void CheckText(FieldChecks checks, string path, string text, int max) => checks
        .Require(text.Length <= max, path, $"is longer than {max:N0} characters")
        .Require(!text.Contains('\0'), path, "contains the character U+0000");

    [GeneratedRegex(@"\A#[0-9a-fA-F]{6}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Color();
}
