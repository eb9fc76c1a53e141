using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using TagSegments.ServiceDefaults.Data;

namespace TagSegments.ServiceDefaults.Work;

/// <summary>
/// Looks for work of many kinds with one query, and wakes the services that do it. So they need not look themselves while there is nothing to do.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="works">The kinds of work.</param>
/// <param name="pause">How long it waits while there is work.</param>
/// <param name="idlePause">How long it waits after it found none.</param>
/// <param name="logger">Where errors are logged.</param>
public sealed class WorkWatch(WorkDatabase database, IEnumerable<WatchedWork> works, TimeSpan pause, TimeSpan idlePause, ILogger<WorkWatch> logger)
    : PollingService(pause, logger)
{
    /// <summary>How often services that are woken look by themselves.</summary>
    public static readonly TimeSpan OwnPause = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<WatchedWork> _works = [.. works];
    private volatile bool _isIdle;

    /// <summary>Whether it found nothing when it looked last.</summary>
    public bool IsIdle => _isIdle;

    /// <inheritdoc/>
    protected override TimeSpan Pause => _isIdle ? idlePause : base.Pause;

    /// <inheritdoc/>
    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        var sql = $"SELECT ARRAY[{string.Join(", ", _works.Select(work => $"EXISTS ({work.Query})"))}]";
        bool[] found;
        await using (var connection = await database.OpenAsync(ct))
        {
            await using var command = new NpgsqlCommand(sql, connection);
            found = (bool[])(await command.ExecuteScalarAsync(ct))!;
        }

        for (var i = 0; i < found.Length; i++)
        {
            if (found[i])
            {
                _works[i].Wake();
            }
        }

        _isIdle = !found.Contains(true);
        return false;
    }
}

/// <summary>A service whose work a <see cref="WorkWatch"/> finds.</summary>
public interface IWatched
{
    /// <summary>A query across accounts that has a row if there is work. It must be cheap.</summary>
    static abstract string WorkQuery { get; }
}

/// <summary>Work to look for.</summary>
/// <param name="Query">A query that has a row if there is any.</param>
/// <param name="Wake">Wakes the service that does it.</param>
public sealed record WatchedWork(string Query, Action Wake);

/// <summary>Adds services that are woken when there is work.</summary>
public static class WorkWatchExtensions
{
    /// <summary>Adds a <see cref="WorkWatch"/> for all services that are added as watched.</summary>
    public static IServiceCollection AddWorkWatch(this IServiceCollection services, TimeSpan pause, TimeSpan idlePause) => services.AddHostedService(
        provider => new WorkWatch(
            provider.GetRequiredService<WorkDatabase>(),
            provider.GetServices<WatchedWork>(),
            pause,
            idlePause,
            provider.GetRequiredService<ILogger<WorkWatch>>()));

    /// <summary>Adds a service that is woken when there is work.</summary>
    public static IServiceCollection AddWatched<T>(this IServiceCollection services)
        where T : PollingService, IWatched => services
        .AddSingleton<T>()
        .AddHostedService(provider => provider.GetRequiredService<T>())
        .AddSingleton(provider => new WatchedWork(T.WorkQuery, provider.GetRequiredService<T>().Wake));
}
