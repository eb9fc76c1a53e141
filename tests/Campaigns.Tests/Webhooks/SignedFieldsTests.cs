using System.Text;
using TagSegments.Campaigns.Webhooks;

namespace TagSegments.Campaigns.Tests.Webhooks;

/// <summary>What is read of a body before it is trusted.</summary>
public sealed class SignedFieldsTests
{
    [Theory]
    [InlineData("""{"a": "1", "b": {"c": "2"}, "d": [1, {"a": 2}], "e": 3}""", null, "a=1 e=3")]
    [InlineData("""{"a": "1", "signature": {"t": 7, "s": "x", "o": {}}, "event-data": {"t": 8}}""", "signature", "s=x t=7")]
    [InlineData("""{"t": 7, "signature": "x"}""", "signature", "signature=x t=7")]
    [InlineData("{}", null, "")]
    [InlineData("""{"a": "1", "a": "2"}""", null, null)]
    [InlineData("""{"a": "1", "a": {}}""", null, null)]
    [InlineData("""{"signature": {"t": 1, "t": 2}}""", "signature", null)]
    [InlineData("""{"a": "\uD800"}""", null, null)]
    [InlineData("""{"\uD800": "a"}""", null, null)]
    [InlineData("""{"a": "1" """, null, null)]
    [InlineData("[]", null, null)]
    [InlineData("1", null, null)]
    [InlineData("", null, null)]
    [InlineData("x", null, null)]
    public void Reads_the_fields_at_the_top_and_refuses_what_could_be_read_in_two_ways(string body, string? inside, string? expected)
    {
        var fields = SignedFields.Read(Encoding.UTF8.GetBytes(body), inside);

        Assert.Equal(expected, fields is null ? null : string.Join(' ', fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => $"{field.Key}={field.Value}")));
    }

    [Fact]
    public void Bodies_that_are_deep_or_have_many_fields_are_refused()
    {
        Assert.Null(SignedFields.Read(Encoding.UTF8.GetBytes($$"""{"a": {{new string('[', 100_000)}}""")));
        Assert.Null(SignedFields.Read(Encoding.UTF8.GetBytes($$"""{{{string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"{i}\": 1"))}}}""")));
    }
}
