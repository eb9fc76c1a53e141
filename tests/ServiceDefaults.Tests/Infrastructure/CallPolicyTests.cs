using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using TagSegments.ServiceDefaults.Host;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Infrastructure;

public sealed partial class CallPolicyTests
{
    [Fact]
    public void Callers_are_told_the_policy_that_services_have()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "services", "README.md"));
        using var config = JsonDocument.Parse(ServiceConfig().Match(page).Groups["json"].Value);
        var told = config.RootElement.GetProperty("methodConfig")[0].GetProperty("retryPolicy");

        var ours = ServiceClients.Retry().RetryPolicy!;

        Assert.Equal(ours.MaxAttempts, told.GetProperty("maxAttempts").GetInt32());
        Assert.Equal(ours.InitialBackoff, Duration(told.GetProperty("initialBackoff")));
        Assert.Equal(ours.MaxBackoff, Duration(told.GetProperty("maxBackoff")));
        Assert.Equal(ours.BackoffMultiplier, told.GetProperty("backoffMultiplier").GetDouble());
        Assert.Equal(
            ours.RetryableStatusCodes.Select(code => code.ToString().ToUpperInvariant()),
            told.GetProperty("retryableStatusCodes").EnumerateArray().Select(code => code.GetString()));
        Assert.Equal("round_robin", config.RootElement.GetProperty("loadBalancingConfig")[0].EnumerateObject().Single().Name);
    }

    private static TimeSpan Duration(JsonElement value) => TimeSpan.FromSeconds(double.Parse(value.GetString()!.TrimEnd('s'), CultureInfo.InvariantCulture));

    [GeneratedRegex(@"## Replicas.*?```json\n(?<json>.*?)```", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex ServiceConfig();
}
