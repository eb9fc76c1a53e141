using System.Buffers.Text;
using Crm.Common.V1;
using Microsoft.Extensions.Configuration;
using TagSegments.Campaigns.Tracking;

namespace TagSegments.Campaigns.Tests.Tracking;

public sealed class TrackingTokensTests
{
    private static readonly TrackingTarget s_target = new(3, Guid.NewGuid(), 123_456, Channel.Email, "https://example.org/a?b=c");
    private readonly TrackingTokens _tokens = Create("one key");

    [Fact]
    public void Reads_what_it_made() => Assert.Equal(s_target, _tokens.Read(TokenPurpose.Click, _tokens.Create(TokenPurpose.Click, s_target)));

    [Fact]
    public void Makes_the_same_token_for_the_same_link() =>
        Assert.Equal(_tokens.Create(TokenPurpose.Open, s_target), _tokens.Create(TokenPurpose.Open, s_target));

    [Fact]
    public void Refuses_a_token_of_another_purpose()
    {
        foreach (var purpose in Enum.GetValues<TokenPurpose>())
        {
            var token = _tokens.Create(purpose, s_target);
            Assert.Equal([purpose], Enum.GetValues<TokenPurpose>().Where(other => _tokens.Read(other, token) is not null));
        }
    }

    [Fact]
    public void Refuses_a_token_of_another_key() =>
        Assert.Null(_tokens.Read(TokenPurpose.Click, Create("another key").Create(TokenPurpose.Click, s_target)));

    [Fact]
    public void Refuses_a_forged_token_whichever_bit_was_changed()
    {
        var token = Base64Url.DecodeFromChars(_tokens.Create(TokenPurpose.Click, s_target));
        for (var bit = 0; bit < token.Length * 8; bit++)
        {
            var changed = token.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(_tokens.Read(TokenPurpose.Click, Base64Url.EncodeToString(changed)));
        }
    }

    [Fact]
    public void Refuses_a_truncated_token_wherever_it_was_cut()
    {
        var token = Base64Url.DecodeFromChars(_tokens.Create(TokenPurpose.Click, s_target));
        for (var length = 0; length < token.Length; length++)
        {
            Assert.Null(_tokens.Read(TokenPurpose.Click, Base64Url.EncodeToString(token.AsSpan(0, length))));
            Assert.Null(_tokens.Read(TokenPurpose.Click, Base64Url.EncodeToString(token.AsSpan(token.Length - length))));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("%00")]
    [InlineData("äöü")]
    public void Refuses_garbage(string token) => Assert.Null(_tokens.Read(TokenPurpose.Open, token));

    [Fact]
    public void Reveals_no_contact_number()
    {
        var bytes = Base64Url.DecodeFromChars(_tokens.Create(TokenPurpose.Open, s_target with { Url = "" }));

        Assert.Equal(-1, bytes.AsSpan().IndexOf(BitConverter.GetBytes(s_target.ContactId)));
    }

    private static TrackingTokens Create(string key) =>
        new(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Tokens:Key"] = key }).Build());
}
