using TagSegments.ServiceDefaults.Data;

namespace TagSegments.ServiceDefaults.Tests.Data;

/// <summary>In a closed network nobody answers whether a certificate was revoked; Redis would never be used.</summary>
public sealed class RevocationTests
{
    [Fact]
    public async Task Redis_is_not_refused_because_nobody_knows_whether_its_certificate_was_revoked()
    {
        bool? asks = null;
        await using var redis = RedisConnection.Open("127.0.0.1:1,ssl=true", options => asks = options.CheckCertificateRevocation);

        Assert.False(asks);
    }
}
