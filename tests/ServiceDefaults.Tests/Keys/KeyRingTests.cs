using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Keys;

namespace TagSegments.ServiceDefaults.Tests.Keys;

/// <summary>Keys are exchanged without a moment at which something that was sealed cannot be opened.</summary>
public sealed class KeyRingTests
{
    private static readonly byte[] s_text = "a text"u8.ToArray();
    private readonly string _first = Rings.New(1);
    private readonly string _second = Rings.New(2);

    [Fact]
    public void What_a_former_key_sealed_is_opened_as_long_as_the_key_is_in_the_ring()
    {
        var sealedBefore = Sealer(_first).Seal(s_text);

        Assert.Equal(s_text, Sealer($"{_second} {_first}").Open(sealedBefore));
        Assert.Equal(s_text, Sealer($"{_first}\n{_second}\n").Open(sealedBefore));
        Assert.Null(Sealer(_second).Open(sealedBefore));
    }

    [Fact]
    public void The_first_key_seals_and_a_process_that_has_it_as_the_last_one_opens()
    {
        var sealedAfter = Sealer($"{_second} {_first}").Seal(s_text);

        Assert.StartsWith("2.", sealedAfter, StringComparison.Ordinal);
        Assert.Equal(s_text, Sealer($"{_first} {_second}").Open(sealedAfter));
    }

    [Fact]
    public void An_unknown_id_and_the_id_of_another_key_open_nothing()
    {
        var sealer = Sealer($"{_second} {_first}");
        var seal = sealer.Seal(s_text);

        Assert.Null(sealer.Open($"3{seal[1..]}"));
        Assert.Null(sealer.Open($"1{seal[1..]}"));
        Assert.Null(sealer.Open($"-2{seal[1..]}"));
        Assert.Null(sealer.Open(seal[2..]));
    }

    [Fact]
    public void A_seal_of_another_purpose_binding_or_ring_with_the_same_key_opens_nothing()
    {
        var seal = Sealer(_first).Seal(s_text, [1, 2]);

        Assert.Equal(s_text, Sealer(_first).Open(seal, [1, 2]));
        Assert.Null(Sealer(_first).Open(seal, [1, 3]));
        Assert.Null(Sealer(_first).Open(seal));
        Assert.Null(new Sealer(Rings.Tokens(("Keys:Tokens", _first)), "another test").Open(seal, [1, 2]));
    }

    [Fact]
    public void Texts_that_are_cut_elsewhere_share_no_nonce()
    {
        var sealer = Sealer(_first);

        Assert.NotEqual(Nonce(sealer.Seal("ab"u8, "c"u8)), Nonce(sealer.Seal("a"u8, "bc"u8)));
    }

    [Fact]
    public void A_position_that_an_earlier_version_signed_is_read_as_long_as_its_key_is_given()
    {
        var signed = SignedByEarlierVersion("the key of an earlier version", "feed", [7], "12.34");

        Assert.Equal("12.34", Tokens("the key of an earlier version").Read("feed", [7], signed));
        Assert.Null(Tokens("the key of an earlier version").Read("feed", [8], signed));
        Assert.Null(Tokens("another key").Read("feed", [7], signed));
        Assert.Null(new SealedTokens(Rings.Tokens(("Keys:Tokens", _first))).Read("feed", [7], signed));

        SealedTokens Tokens(string earlier) => new(Rings.Tokens(("Keys:Tokens", _first), ("Tokens:Key", earlier)));
    }

    [Theory]
    [InlineData("AAAA")]
    [InlineData("0:AAAA")]
    [InlineData("x:AAAA")]
    [InlineData("-1:AAAA")]
    [InlineData("1:????")]
    [InlineData("1:AAAA 1:BBBB")]
    public void A_ring_that_is_not_well_formed_stops_the_start(string ring)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Rings.Tokens(("Keys:Tokens", ring)));

        Assert.Contains("eys:Tokens", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_stored_needs_a_key_that_stays_also_on_loopback()
    {
        Assert.Throws<InvalidOperationException>(() => Rings.Of(KeyRing.Secrets));
        Assert.Single(Rings.Of(KeyRing.Links).Keys);
    }

    private static byte[] Nonce(string seal) => Base64Url.DecodeFromChars(seal.Split('.')[1])[..12];

    private static string SignedByEarlierVersion(string key, string purpose, byte[] binding, string value)
    {
        var text = Encoding.UTF8.GetBytes(value);
        byte[] message = [.. SHA256.HashData(Encoding.UTF8.GetBytes(purpose)), .. SHA256.HashData(binding), .. text];
        return Base64Url.EncodeToString([.. HMACSHA256.HashData(SHA256.HashData(Encoding.UTF8.GetBytes(key)), message)[..16], .. text]);
    }

    private static Sealer Sealer(string ring) => new(Rings.Tokens(("Keys:Tokens", ring)), "a test");
}
