using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Host;
using TagSegments.ServiceDefaults.Keys;

namespace TagSegments.ServiceDefaults.Tests.Keys;

/// <summary>
/// Finding 11 of the security review: from one consistency token, a tenant found the key by trying words, and made links of other accounts with it.
/// </summary>
public sealed class Finding11Tests
{
    private const string Known = "for-this-machine-only";
    private static readonly string s_good = Rings.New(1);

    [Theory]
    [InlineData("Tokens:Key", Known, "published")]
    [InlineData("Tokens:Key", "short", "shorter than 32")]
    [InlineData("Tokens:Key", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "not random")]
    [InlineData("Keys:Tokens", "1:c2hvcnQ=", "5 bytes")]
    [InlineData("Keys:Tokens", "1:00112233445566778899aabbccddeeff", "16 bytes")]
    [InlineData("Keys:Tokens", "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "not random")]
    [InlineData("Keys:Tokens", "1:YSBwaHJhc2UgdGhhdCBzb21lYm9keSBoYXMgdGhvdWdodCBvZg==", "is text")]
    [InlineData("Keys:Tokens", "", "Set Keys:Tokens")]
    public void A_key_that_can_be_guessed_is_refused_where_others_can_reach_the_service(string setting, string key, string problem)
    {
        var open = new Dictionary<string, string?> { ["Grpc:Address"] = "http://0.0.0.0:0", [setting] = key };
        var tracking = new Dictionary<string, string?> { ["Http:Address"] = "http://0.0.0.0:0", [setting] = key };

        foreach (var settings in new[] { open, tracking })
        {
            var error = Assert.Throws<InvalidOperationException>(() => Build(settings));
            Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_weak_key_behind_a_good_one_is_refused_as_well()
    {
        var settings = new Dictionary<string, string?> { ["Grpc:Address"] = "http://0.0.0.0:0", ["Keys:Tokens"] = s_good, ["Tokens:Key"] = Known };

        Assert.Throws<InvalidOperationException>(() => Build(settings));
    }

    [Theory]
    [InlineData("http://0.0.0.0:0", 48)]
    [InlineData("http://127.0.0.1:0", 1)]
    public void A_random_key_is_accepted_everywhere_and_any_key_on_loopback(string address, int length)
    {
        Build(new() { ["Grpc:Address"] = address, ["Keys:Tokens"] = $"1:{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(length))}" });
        Build(new() { ["Grpc:Address"] = address, ["Tokens:Key"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(length)) });
    }

    // The attack: words are tried on one token until one fits. It finds nothing, as no word is a key where others can come by a token.
    [Fact]
    public void A_token_of_a_random_key_fits_no_word()
    {
        string[] words = [Known, "tagsegments", "secret", "password", "changeme", "k", ""];
        var tokens = new SealedTokens(Rings.Tokens(("Keys:Tokens", s_good)));
        var token = tokens.Create("consistency", [], "7.42");

        Assert.All(words, word => Assert.False(Fits(word, token)));
        var known = new SealedTokens(Rings.Tokens(("Tokens:Key", Known))).Create("consistency", [], "7.42");
        Assert.Equal([Known], words.Where(word => Fits(word, known)));
    }

    // Who had the key of tokens had that of links: now the keys of a purpose open nothing of another.
    [Fact]
    public void The_key_of_tokens_makes_no_link()
    {
        var links = Rings.Of(KeyRing.Links, ("Keys:Links", s_good));
        var tokens = Rings.Tokens(("Keys:Tokens", Rings.New(1)));

        Assert.Null(new Sealer(links, "tracking Unsubscribe").Open(new Sealer(tokens, "tracking Unsubscribe").Seal("x"u8)));
        Assert.Null(new Sealer(links, "tracking Unsubscribe").Open(new Sealer(links, "token consistency").Seal("x"u8)));
    }

    // What the attacker does for each word, without asking the service.
    private static bool Fits(string word, string token)
    {
        var key = SHA256.HashData(Encoding.UTF8.GetBytes(word));
        var derived = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: "tagsegments token consistency encryption"u8.ToArray());
        var bytes = Base64Url.DecodeFromChars(token.AsSpan(token.IndexOf('.', StringComparison.Ordinal) + 1)).AsSpan();
        using var cipher = new AesGcm(derived, 16);
        try
        {
            cipher.Decrypt(bytes[..12], bytes[12..^16], bytes[^16..], new byte[bytes.Length - 28]);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private static void Build(Dictionary<string, string?> settings)
    {
        settings["Auth:Mode"] = "off";
        settings["Auth:AllowOpenNetwork"] = "true";
        settings["Network:ClearText"] = "grpc http";
        ServiceHost.CreateBuilder("test", 0, [], settings);
    }
}
