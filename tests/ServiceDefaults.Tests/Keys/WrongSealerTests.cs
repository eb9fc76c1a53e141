using System.Text;
using TagSegments.ServiceDefaults.Keys;

namespace TagSegments.ServiceDefaults.Tests.Keys;

/// <summary>What a sealer promises about rings, purposes and bindings, checked for the real one and for wrong ones, each of which must be caught.</summary>
public sealed class WrongSealerTests
{
    private const string Text = "a text";
    private static readonly string s_first = Rings.New(1);
    private static readonly string s_second = Rings.New(2);

    private delegate Seals SealerOf(string ring, string purpose);

    [Fact]
    public void The_real_sealer_keeps_every_promise() => Assert.Empty(BrokenBy(Real));

    [Fact]
    public void A_sealer_that_opens_with_a_key_that_was_taken_out_is_caught() =>
        Assert.Equal(["a former key opens"], BrokenBy((ring, purpose) => Real(ring, purpose) with { Open = Real($"{s_second} {s_first}", purpose).Open }));

    [Fact]
    public void A_sealer_that_ignores_the_purpose_is_caught() =>
        Assert.Equal(["another purpose opens"], BrokenBy((ring, _) => Real(ring, "any")));

    [Fact]
    public void A_sealer_that_ignores_the_binding_is_caught() => Assert.Equal(["another binding opens"], BrokenBy((ring, purpose) =>
    {
        var real = Real(ring, purpose);
        return new((text, _) => real.Seal(text, ""), (seal, _) => real.Open(seal, ""));
    }));

    [Fact]
    public void A_sealer_that_goes_on_with_the_old_key_is_caught() => Assert.Equal(
        ["the old key seals"],
        BrokenBy((ring, purpose) => Real(ring, purpose) with { Seal = Real(string.Join(' ', ring.Split(' ').Reverse()), purpose).Seal }));

    [Fact]
    public void A_sealer_that_knows_the_newest_key_only_is_caught() =>
        Assert.Equal(["the rotation loses"], BrokenBy((ring, purpose) => Real(ring.Split(' ')[0], purpose)));

    private static List<string> BrokenBy(SealerOf make)
    {
        var before = make(s_first, "links");
        var rotated = make($"{s_second} {s_first}", "links");
        var after = make(s_second, "links");
        var seal = before.Seal(Text, "account 1");
        (string Promise, bool Holds)[] promises =
        [
            ("what was sealed opens", before.Open(seal, "account 1") == Text),
            ("the rotation loses", rotated.Open(seal, "account 1") == Text),
            ("a former key opens", after.Open(seal, "account 1") is null),
            ("the old key seals", after.Open(rotated.Seal(Text, ""), "") == Text),
            ("another purpose opens", make(s_first, "tokens").Open(seal, "account 1") is null),
            ("another binding opens", before.Open(seal, "account 2") is null),
        ];
        return [.. promises.Where(promise => !promise.Holds).Select(promise => promise.Promise)];
    }

    private static Seals Real(string ring, string purpose)
    {
        var sealer = new Sealer(Rings.Tokens(("Keys:Tokens", ring)), purpose);
        return new(
            (text, binding) => sealer.Seal(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(binding)),
            (seal, binding) => sealer.Open(seal, Encoding.UTF8.GetBytes(binding)) is { } bytes ? Encoding.UTF8.GetString(bytes) : null);
    }

    private sealed record Seals(Func<string, string, string> Seal, Func<string, string, string?> Open);
}
