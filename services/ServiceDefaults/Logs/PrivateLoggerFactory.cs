using Microsoft.Extensions.Logging;
using Npgsql;

namespace TagSegments.ServiceDefaults.Logs;

/// <summary>
/// Makes loggers that hide addresses of people, whatever an exception or a value says. Log lines are written without them; this is the net below:
/// nobody knows what the next mail server or library quotes.
/// </summary>
internal sealed class PrivateLoggerFactory(ILoggerFactory inner) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new PrivateLogger(inner.CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose() => inner.Dispose();

    private sealed class PrivateLogger(ILogger inner) : ILogger
    {
        private const string RequestPath = "RequestPath";

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(WithoutLink(state));

        public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (inner.IsEnabled(logLevel))
            {
                var line = new Line(PersonalText.Hide(formatter(state, exception)), state as IEnumerable<KeyValuePair<string, object?>> ?? []);
                inner.Log(logLevel, eventId, line, Hidden(exception), static (line, _) => line.ToString());
            }
        }

        // The path of a link in a message is a secret: it acts for the person. That of a call is its method.
        private static object WithoutLink(object scope)
        {
            if (scope is not IEnumerable<KeyValuePair<string, object?>> values
                || values.FirstOrDefault(value => value.Key == RequestPath).Value?.ToString() is not { } path
                || path.StartsWith("/crm.", StringComparison.Ordinal)
                || path.IndexOf('/', 1) is not (> 0 and var end))
            {
                return scope;
            }

            var start = $"{path[..end]}/...";
            return new Line($"{RequestPath}:{start}", values.Select(value => value.Key == RequestPath ? new(RequestPath, start) : value));
        }

        private static Exception? Hidden(Exception? exception)
        {
            var text = exception?.ToString() ?? "";
            var hidden = PersonalText.Hide(WithoutValues(text, exception));
            return hidden == text ? exception : new HiddenException(hidden);
        }

        // "invalid input syntax for type date: ...": the errors of class 22 of PostgreSQL quote the value.
        private static string WithoutValues(string text, Exception? exception)
        {
            for (; exception is not null; exception = exception.InnerException)
            {
                if (exception is PostgresException { SqlState: ['2', '2', ..] } error)
                {
                    text = text.Replace(error.MessageText, "a value is not valid", StringComparison.Ordinal);
                }
            }

            return text;
        }
    }

    // Formatters for programs write the values one by one.
    private sealed class Line(string text, IEnumerable<KeyValuePair<string, object?>> values) : List<KeyValuePair<string, object?>>(values.Select(Hidden))
    {
        public override string ToString() => text;

        private static KeyValuePair<string, object?> Hidden(KeyValuePair<string, object?> value) =>
            new(value.Key, value.Value is { } shown and not (bool or int or long or double or Guid) ? PersonalText.Hide(shown.ToString() ?? "") : value.Value);
    }

    private sealed class HiddenException(string text) : Exception(text)
    {
        public override string ToString() => Message;
    }
}
