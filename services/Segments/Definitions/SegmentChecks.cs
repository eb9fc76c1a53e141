
namespace TagSegments.Segments.Definitions;

/// <summary>The rules for the texts that people write about a segment.</summary>
internal static class SegmentChecks
{
    private const int MaxName = 200;
    private const int MaxDescription = 2_000;

    /// <summary>Checks a name.</summary>
    public static FieldChecks Name(this FieldChecks checks, string name, string field) => checks
        .Require(!string.IsNullOrWhiteSpace(name), field, "is required")
        .Require(name.Length <= MaxName, field, $"is longer than {MaxName} characters")
        .Require(name.Trim().Length == name.Length || string.IsNullOrWhiteSpace(name), field, "begins or ends with white space")
        .Require(!name.Any(char.IsControl), field, "contains a control character");

    /// <summary>Checks a description.</summary>
    public static FieldChecks Description(this FieldChecks checks, string description, string field) => checks
        .Require(description.Length <= MaxDescription, field, $"is longer than {MaxDescription} characters")
        .Require(!description.Contains('\0'), field, "contains a NUL character");
}
