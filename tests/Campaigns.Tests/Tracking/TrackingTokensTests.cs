using System.Buffers.Text;
using System.Security.Cryptography;
using Crm.Common.V1;
using Microsoft.Extensions.Configuration;
using TagSegments.Campaigns.Tracking;
using TagSegments.ServiceDefaults.Keys;

namespace TagSegments.Campaigns.Tests.Tracking;

public sealed class TrackingTokensTests
{
    private static readonly TrackingTarget s_target = new(3, Guid.NewGuid(), 123_456, Channel.Email, "https://example.org/a?b=c");
    private const string EarlierUnsubscribe = "wSlODonPzz-siPgmEDJq-kJGZal1BfLJYET6O-l1c6u7QqMvcI7bNflVsfhz-k7Mc_TNnrc";

    private static readonly string s_ring = NewRing(1);
    private readonly TrackingTokens _tokens = Create(s_ring);

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
        Assert.Null(_tokens.Read(TokenPurpose.Click, Create(NewRing(1)).Create(TokenPurpose.Click, s_target)));

    [Fact]
    public void Refuses_a_forged_token_whichever_bit_was_changed()
    {
        var token = Bytes(_tokens.Create(TokenPurpose.Click, s_target));
        for (var bit = 0; bit < token.Length * 8; bit++)
        {
            var changed = token.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(_tokens.Read(TokenPurpose.Click, $"1.{Base64Url.EncodeToString(changed)}"));
        }
    }

    [Fact]
    public void Refuses_a_truncated_token_wherever_it_was_cut()
    {
        var token = Bytes(_tokens.Create(TokenPurpose.Click, s_target));
        for (var length = 0; length < token.Length; length++)
        {
            Assert.Null(_tokens.Read(TokenPurpose.Click, $"1.{Base64Url.EncodeToString(token.AsSpan(0, length))}"));
            Assert.Null(_tokens.Read(TokenPurpose.Click, $"1.{Base64Url.EncodeToString(token.AsSpan(token.Length - length))}"));
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
        var bytes = Bytes(_tokens.Create(TokenPurpose.Open, s_target with { Url = "" }));

        Assert.Equal(-1, bytes.AsSpan().IndexOf(BitConverter.GetBytes(s_target.ContactId)));
    }

    [Fact]
    public void Links_that_were_sent_work_after_the_key_was_exchanged()
    {
        var sent = _tokens.Create(TokenPurpose.Click, s_target);
        var exchanged = Create($"{NewRing(2)} {s_ring}");

        Assert.Equal(s_target, exchanged.Read(TokenPurpose.Click, sent));
        Assert.StartsWith("2.", exchanged.Create(TokenPurpose.Click, s_target), StringComparison.Ordinal);
    }

    // Made by the version before rings, with Tokens:Key "the key of an earlier version".
    [Fact]
    public void Links_that_an_earlier_version_sent_work_as_long_as_its_key_is_given()
    {
        var target = new TrackingTarget(3, Guid.Parse("0199f000-0000-7000-8000-000000000001"), 7, Channel.Email);

        Assert.Equal(target, Create(s_ring, "the key of an earlier version").Read(TokenPurpose.Unsubscribe, EarlierUnsubscribe));
        Assert.Null(Create(s_ring, "another key").Read(TokenPurpose.Unsubscribe, EarlierUnsubscribe));
        Assert.Null(_tokens.Read(TokenPurpose.Unsubscribe, EarlierUnsubscribe));
    }

    private static byte[] Bytes(string token) => Base64Url.DecodeFromChars(token.Split('.')[1]);

    private static string NewRing(int id) => $"{id}:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}";

    private static TrackingTokens Create(string ring, string? earlier = null) => new(KeyRing.From(
        new ConfigurationBuilder().AddInMemoryCollection([new("Keys:Links", ring), new("Tokens:Key", earlier)]).Build(), KeyRing.Links));
}
