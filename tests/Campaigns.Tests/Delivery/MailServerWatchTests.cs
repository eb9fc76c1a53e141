using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using TagSegments.Campaigns.Delivery;

namespace TagSegments.Campaigns.Tests.Delivery;

public sealed class MailServerWatchTests
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(7);
    private readonly FakeTimeProvider _time = new();
    private readonly Lines _lines = new();

    [Fact]
    public void Eight_connections_that_try_again_and_again_give_a_line_now_and_then()
    {
        var watch = new MailServerWatch(new SmtpOptions { Host = "mx.example", Port = 2525 }, _time, _lines);

        for (var seconds = 0; seconds <= 30; seconds += 10)
        {
            for (var connection = 0; connection < 8; connection++)
            {
                watch.Fail(new IOException("It hung up."), isFirst: seconds == 0, messages: 1_234, s_pause);
            }

            _time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(2, _lines.Count);
        Assert.Equal(
            "The mail server mx.example:2525 cannot be used (It hung up.): 8 connections and 1234 messages wait; next try in 00:00:07", _lines[^1]);
    }

    [Fact]
    public void Says_when_the_last_connection_is_back_if_it_said_that_one_was_lost()
    {
        var watch = new MailServerWatch(new SmtpOptions { Host = "mx.example", Port = 2525 }, _time, _lines);
        watch.Fail(new IOException("It hung up."), isFirst: true, messages: 1, s_pause);
        watch.Fail(new IOException("It hung up."), isFirst: true, messages: 1, s_pause);

        watch.End(isConnected: true);
        Assert.Single(_lines);
        watch.End(isConnected: true);
        Assert.Equal("The mail server mx.example:2525 can be used again", _lines[^1]);

        // A server that comes and goes must not fill the log either.
        watch.Fail(new IOException("It hung up."), isFirst: true, messages: 1, s_pause);
        watch.End(isConnected: true);
        Assert.Equal(2, _lines.Count);
    }

    private sealed class Lines : List<string>, ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Assert.Null(exception);
            Add(formatter(state, exception));
        }
    }
}
