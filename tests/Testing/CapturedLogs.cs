using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace TagSegments.Testing;

/// <summary>Keeps what services log: the lines, the values in them, their scopes and the exceptions.</summary>
public sealed class CapturedLogs : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<string> _lines = new();
    private IExternalScopeProvider? _scopes;

    /// <summary>The lines so far.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
    }

    private sealed class Logger(CapturedLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs.Select(pair => pair.Value)) : "";
            var scopes = new List<string>();
            logs._scopes?.ForEachScope((scope, seen) => seen.Add(scope?.ToString() ?? ""), scopes);
            logs._lines.Enqueue($"{logLevel} {category} {formatter(state, exception)} | {values} | {string.Join(' ', scopes)} | {exception}");
        }
    }
}
