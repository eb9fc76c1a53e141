using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using TagSegments.ServiceDefaults.Data;

namespace TagSegments.ServiceDefaults.Work;

/// <summary>
/// Measures how long the oldest work of each kind has been due without anybody taking it: the first sign that a service falls behind. Every replica
/// measures the same.
/// </summary>
public sealed class DueAges : PollingService
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(15);
    private readonly Meter _meter = new("TagSegments.ServiceDefaults");
    private readonly WorkDatabase _database;
    private readonly IReadOnlyList<DueWork> _works;
    private volatile double[] _ages = [];

    /// <summary>Measures the age of some kinds of work.</summary>
    public DueAges(WorkDatabase database, IEnumerable<DueWork> works, ILogger<DueAges> logger)
        : base(s_period, logger)
    {
        (_database, _works) = (database, [.. works]);
        _meter.CreateObservableGauge(
            "work.due.age", Ages, "s", "How long the oldest due work has waited to be taken, by work.kind; 0 if there is none.");
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task<bool> RunOnceAsync(CancellationToken ct)
    {
        var ages = _works.Select(work => $"COALESCE(EXTRACT(EPOCH FROM now() - ({work.Query})), 0)::float8");
        await using var connection = await _database.OpenAsync(ct);
        await using var command = new NpgsqlCommand($"SELECT ARRAY[{string.Join(", ", ages)}]", connection);
        _ages = (double[])(await command.ExecuteScalarAsync(ct))!;
        return false;
    }

    private IEnumerable<Measurement<double>> Ages() =>
        _works.Zip(_ages, (work, age) => new Measurement<double>(age, new KeyValuePair<string, object?>("work.kind", work.Kind)));
}

/// <summary>A kind of work that becomes due.</summary>
/// <param name="Kind">Its name in the metric.</param>
/// <param name="Query">A cheap query across accounts for the time since when the oldest is due; null if there is none.</param>
public sealed record DueWork(string Kind, string Query);

/// <summary>Adds what <see cref="DueAges"/> measures.</summary>
public static class DueAgesExtensions
{
    /// <summary>Measures the age of the oldest due work of some kinds.</summary>
    public static IServiceCollection AddDueAges(this IServiceCollection services, params IEnumerable<DueWork> works)
    {
        foreach (var work in works)
        {
            services.AddSingleton(work);
        }

        return services.AddHostedService<DueAges>();
    }
}
