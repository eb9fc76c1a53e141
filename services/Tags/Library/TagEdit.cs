using System.Text.RegularExpressions;
using Crm.Tags.V1;
using TagSegments.ServiceDefaults;

namespace TagSegments.Tags.Library;

/// <summary>The attributes of a tag that a caller may set, checked and in stored form.</summary>
internal static partial class TagEdit
{
    private static readonly string[] s_attributes = ["name", "description", "color"];

    /// <summary>Reads the attributes of a tag to be created.</summary>
    public static Tag Read(Tag? tag)
    {
        tag ??= new Tag();
        Check(tag);
        return new Tag { Name = TagNames.Normalize(tag.Name, "tag.name"), Description = tag.Description, Color = tag.Color };
    }

    /// <summary>Lists the attributes that an update changes: those of the mask, else those that are set.</summary>
    public static IReadOnlyCollection<string> Attributes(UpdateTagRequest request)
    {
        if (request.UpdateMask is not { Paths.Count: > 0 } mask)
        {
            return [.. s_attributes.Where(attribute => Value(request.Tag, attribute).Length > 0)];
        }

        var unknown = mask.Paths.FirstOrDefault(path => !s_attributes.Contains(path));
        return unknown is null ? mask.Paths : throw RpcErrors.InvalidField("update_mask", $"\"{unknown}\" is not one of name, description, color");
    }

    /// <summary>Applies an update to a row.</summary>
    public static TagRow Apply(TagRow row, Tag tag, IReadOnlyCollection<string> attributes) => row with
    {
        Name = attributes.Contains("name") ? TagNames.Normalize(tag.Name, "tag.name") : row.Name,
        Description = attributes.Contains("description") ? tag.Description : row.Description,
        Color = attributes.Contains("color") ? tag.Color : row.Color,
    };

    /// <summary>Throws INVALID_ARGUMENT if description or colour break their limits.</summary>
    public static void Check(Tag tag) => new FieldChecks()
        .Require(tag.Description.Length <= 2_000, "tag.description", "is longer than 2,000 characters")
        .Require(!tag.Description.Contains('\0'), "tag.description", "holds the character U+0000")
        .Require(tag.Color.Length == 0 || Color().IsMatch(tag.Color), "tag.color", "is not of the form #rrggbb")
        .ThrowIfAny();

    private static string Value(Tag tag, string attribute) => attribute switch
    {
        "name" => tag.Name,
        "description" => tag.Description,
        _ => tag.Color,
    };

    [GeneratedRegex(@"\A#[0-9a-fA-F]{6}\z")]
    private static partial Regex Color();
}
