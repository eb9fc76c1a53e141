using Microsoft.Extensions.Logging;
using TagSegments.ServiceDefaults.Logs;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Logs;

public sealed class ScopeTests
{
    [Theory]
    [InlineData("/u/secret", "RequestPath:/u/...")]
    [InlineData("/c/secret/more", "RequestPath:/c/...")]
    [InlineData("/crm.tags.v1.TagService/AddTags", "AddTags")]
    [InlineData("/readyz", "/readyz")]
    public void The_scope_of_a_request_shows_no_link_of_a_message(string path, string shown)
    {
        using var logs = new CapturedLogs();
        using var factory = new PrivateLoggerFactory(LoggerFactory.Create(builder => builder.AddProvider(logs)));
        var logger = factory.CreateLogger("test");

        using (logger.BeginScope(new RequestScope(path)))
        {
            logger.Log(LogLevel.Warning, 1, "", null, (_, _) => "failed");
        }

        var line = Assert.Single(logs.Lines);
        Assert.Contains(shown, line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", line, StringComparison.Ordinal);
    }

    // As the host has it.
    private sealed class RequestScope(string path) : List<KeyValuePair<string, object?>>([new("RequestId", "1"), new("RequestPath", path)])
    {
        public override string ToString() => $"RequestPath:{path}";
    }
}
