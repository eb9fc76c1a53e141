using Crm.Errors.V1;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Pipeline;

namespace TagSegments.ServiceDefaults.Tests.Pipeline;

public sealed class RefusalLogTests : ILogger<RefusalLog>
{
    private readonly List<string> _lines = [];

    [Fact]
    public void Names_the_accounts_that_were_refused_most_once_in_ten_seconds()
    {
        var time = new FakeTimeProvider();
        var log = new RefusalLog(this, time);
        var quota = RpcErrors.QuotaExceeded("calls_per_second", 1, "wait", TimeSpan.FromSeconds(1));
        log.Add(Account(1), RpcErrors.Create(StatusCode.ResourceExhausted, ErrorReason.Overloaded, "wait"));
        for (var id = 2; id <= 8; id++)
        {
            for (var refusal = 0; refusal < 10 * id; refusal++)
            {
                log.Add(Account(id), quota);
            }
        }

        time.Advance(TimeSpan.FromSeconds(10));
        log.Add(Account(8), quota);

        Assert.Equal(2, _lines.Count);
        Assert.EndsWith(": \"account-1\" overloaded 1", _lines[0], StringComparison.Ordinal);
        Assert.Contains(": \"account-8\" calls_per_second 81, \"account-7\" calls_per_second 70, ", _lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain("account-3", _lines[1], StringComparison.Ordinal);
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Add(formatter(state, exception));

    private static AccountInfo Account(int id) => new(id, $"account-{id}", "UTC", 1);
}
