using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using TagSegments.Campaigns.Webhooks;

namespace TagSegments.Campaigns.Tests.Webhooks;

/// <summary>Finding 21 of the security review: a signature that does not cover the body is good for one body.</summary>
public sealed class ReplayGuardTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    [Fact]
    public void Another_body_is_refused_and_the_same_one_may_be_repeated()
    {
        var guard = new ReplayGuard(TimeSpan.FromHours(12), _time);

        Assert.True(guard.Accepts("signature", "one"u8));
        Assert.False(guard.Accepts("signature", "two"u8));
        Assert.True(guard.Accepts("signature", "one"u8));
        Assert.True(guard.Accepts("another", "two"u8));
    }

    [Fact]
    public void A_signature_is_known_as_long_as_it_is_valid()
    {
        var guard = new ReplayGuard(TimeSpan.FromHours(12), _time);
        for (var hour = 0; hour < 100; hour++)
        {
            var signature = hour.ToString(CultureInfo.InvariantCulture);
            Assert.True(guard.Accepts(signature, "one"u8));
            for (var earlier = Math.Max(0, hour - 24); earlier <= hour; earlier++)
            {
                Assert.False(guard.Accepts(earlier.ToString(CultureInfo.InvariantCulture), "two"u8));
            }

            _time.Advance(TimeSpan.FromHours(1));
        }
    }

    [Fact]
    public void The_last_50_000_signatures_are_known_and_no_more_than_100_000()
    {
        var guard = new ReplayGuard(TimeSpan.FromHours(12), _time);
        for (var i = 0; i < 120_000; i++)
        {
            guard.Accepts(i.ToString(CultureInfo.InvariantCulture), "one"u8);
        }

        Assert.False(guard.Accepts("70000", "two"u8));
        Assert.True(guard.Accepts("19999", "two"u8));
    }
}
