using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Tags.Tagging.Naming;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Naming;

public sealed class TagNamesTests
{
    [Theory]
    [InlineData("  Hot Lead\t", "Hot Lead")]
    [InlineData("Hot  Lead", "Hot  Lead")]
    [InlineData("Cafe\u0301", "Café")]
    [InlineData("'; DROP TABLE tags.tag; --", "'; DROP TABLE tags.tag; --")]
    [InlineData("100%_\\", "100%_\\")]
    [InlineData("שלום", "שלום")]
    [InlineData("❤️", "❤️")]
    public void Names_are_normalized_and_trimmed_and_inner_spaces_kept(string name, string stored) =>
        Assert.Equal(stored, TagNames.Normalize(name, "name"));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\u3000\t\n")]
    public void Empty_names_are_refused(string name) => Refused(name);

    [Theory]
    [InlineData("Hot\u0000Lead")]
    [InlineData("Hot\nLead")]
    [InlineData("Hot\u200BLead")]
    [InlineData("Hot\u200DLead")]
    [InlineData("\uFEFFHot")]
    [InlineData("Hot\u202ELead")]
    [InlineData("Hot\u2066Lead")]
    [InlineData("Hot\u00ADLead")]
    [InlineData("Hot\u2028Lead")]
    [InlineData("\u3164")]
    public void Control_and_zero_width_characters_are_refused(string name) => Refused(name);

    [Fact]
    public void Text_that_is_no_Unicode_is_refused()
    {
        Refused("Hot\uD800");
        Refused("Hot\uDC00Lead");
        Refused("Hot\uFFFDLead");
    }

    [Fact]
    public void Names_have_up_to_200_code_points()
    {
        Assert.Equal(200, TagNames.Normalize(new string('x', 200), "name").Length);
        Assert.Equal(400, TagNames.Normalize(string.Concat(Enumerable.Repeat("🙂", 200)), "name").Length);
        Refused(new string('x', 201));
        Refused(string.Concat(Enumerable.Repeat("🙂", 201)));
    }

    private static void Refused(string name)
    {
        Expect.Failure(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => TagNames.Normalize(name, "name"), "name");
    }
}
