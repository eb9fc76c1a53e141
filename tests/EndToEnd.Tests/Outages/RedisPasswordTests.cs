using TagSegments.Testing;
using TagSegments.Testing.Tls;

namespace TagSegments.EndToEnd.Tests.Outages;

/// <summary>Fault 25: the password of Redis is wrong, or its certificate is not trusted.</summary>
public sealed class RedisPasswordTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData("password=secret", true)]
    [InlineData("password=wrong", true)]
    [InlineData("password=secret", false)]
    public async Task Fault25_services_start_and_answer_without_Redis(string password, bool isTrusted)
    {
        await using var redis = await TlsRedis.StartAsync(_authority);
        await using var apps = await TestApps.StartAsync(new()
        {
            Services = [Service.Tags, Service.Segments],
            Redis = redis.ConnectionString.Replace("password=secret", password, StringComparison.Ordinal),
            Settings = isTrusted ? new Dictionary<string, string?> { ["Redis:Authority"] = _authority.CertificateFile } : [],
        });
        var load = await TagLoad.StartAsync(apps);
        await load.MoreAsync();
        await load.StopAsync();

        await load.RequireNothingLostAsync();
        Assert.Empty(load.Failures);
    }
}
