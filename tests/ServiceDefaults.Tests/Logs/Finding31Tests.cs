using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using TagSegments.ServiceDefaults.Host;
using TagSegments.ServiceDefaults.Logs;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Logs;

/// <summary>Finding 31 of the security review: logs and the ledger had addresses of people, in answers of mail servers for example.</summary>
public sealed class Finding31Tests
{
    [Theory]
    [InlineData("550 5.1.1 <ann.lee@x.example>: Recipient address rejected", "550 5.1.1 <(address)>: Recipient address rejected")]
    [InlineData("no mailbox \"Ann+news@mail.x.example\".", "no mailbox \"(address)\".")]
    [InlineData("rcpt=ann=40x.example; later", "(address); later")]
    [InlineData("SMS to +4917012345678 refused", "SMS to (number) refused")]
    [InlineData("At 2026-11-30T10:00:00.1234567+00:00, clock 12345678", "At 2026-11-30T10:00:00.1234567+00:00, clock 12345678")]
    [InlineData("Nothing of that kind: a @ b", "Nothing of that kind: a @ b")]
    public void Addresses_of_people_are_taken_out_of_foreign_text(string text, string hidden) => Assert.Equal(hidden, PersonalText.Hide(text));

    [Fact]
    public async Task What_a_value_or_an_exception_quotes_is_hidden_from_every_log()
    {
        var builder = ServiceHost.CreateBuilder("test", 0, [], new Dictionary<string, string?> { ["Auth:Mode"] = "off" });
        using var logs = new CapturedLogs();
        builder.Logging.AddProvider(logs);
        await using var app = builder.Build();
        using var later = new CapturedLogs();
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(later);
        var logger = app.Services.GetRequiredService<ILogger<Finding31Tests>>();

        logger.LogWarning(new InvalidOperationException("outer", new IOException("550 <ann@x.example>")), "{Who} has {Count} of {Phone}", "ann@x.example", 3, "+4917012345678");
        logger.LogWarning("{Who} could not be told", new Uri("mailto:ann@x.example"));
        logger.LogWarning(
            new InvalidOperationException("outer", new PostgresException("invalid input syntax for type date: \"annabel\"", "ERROR", "ERROR", "22007")), "Not stored");

        foreach (var lines in new[] { logs.Lines, later.Lines })
        {
            Assert.Equal(3, lines.Count);
            Assert.Contains("22007: a value is not valid", lines[2], StringComparison.Ordinal);
            Assert.Contains("(address) has 3 of (number)", lines[0], StringComparison.Ordinal);
            Assert.Contains("IOException: 550 <(address)>", lines[0], StringComparison.Ordinal);
            Assert.All(lines, line => Assert.DoesNotContain("ann", line, StringComparison.Ordinal));
        }
    }
}
