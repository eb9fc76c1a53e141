using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Data;
using TagSegments.ServiceDefaults.Egress;
using TagSegments.ServiceDefaults.Network;
using TagSegments.ServiceDefaults.Work;

namespace TagSegments.ServiceDefaults.Host;

/// <summary>Adds the parts that services share to a builder.</summary>
public static class HostExtensions
{
    private const int MaxWorkConnections = 20;

    // A process that stands still within a transaction, or is cut off, would keep the rows that it has locked from all others. Half the time that mail
    // servers are given to answer, so that a sender that goes on still gets their answers.
    private const string Standstill = "SET idle_in_transaction_session_timeout = '30s';";

    /// <summary>
    /// Adds the <see cref="AccountDatabase"/> of <c>Postgres:ConnectionString</c> and the <see cref="WorkDatabase"/> of
    /// <c>Postgres:WorkConnectionString</c>; the service is ready while they serve.
    /// </summary>
    public static WebApplicationBuilder AddPostgres(this WebApplicationBuilder builder)
    {
        DapperSetup.Ensure();
        builder.Services.AddSingleton(_ => new AccountDatabase(PostgresOf(builder.Configuration).Build()));
        builder.Services.AddSingleton(_ => new WorkDatabase(WorkPoolOf(builder.Configuration).Build()));
        builder.Services.AddSingleton<ISharedDatabase, SharedDatabase>();
        builder.Services.AddSingleton<BackgroundPace>();
        builder.Services.AddSingleton<DatabaseHealth>();
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealth>("database");
        return builder;
    }

    /// <summary>Starts a connection pool with the settings of <c>Postgres:ConnectionString</c>; <paramref name="session"/> are settings of its sessions.</summary>
    public static NpgsqlDataSourceBuilder PostgresOf(IConfiguration configuration, string session = "") => PoolOf(configuration, "ConnectionString", session);

    private static NpgsqlDataSourceBuilder WorkPoolOf(IConfiguration configuration)
    {
        var builder = PoolOf(configuration, "WorkConnectionString");
        builder.Name += " work";
        builder.ConnectionStringBuilder.MaxPoolSize = Math.Min(MaxWorkConnections, builder.ConnectionStringBuilder.MaxPoolSize);
        return builder;
    }

    private static NpgsqlDataSourceBuilder PoolOf(IConfiguration configuration, string name, string session = "")
    {
        var text = configuration[$"Postgres:{name}"] ?? throw new InvalidOperationException($"Set Postgres:{name} (Postgres__{name}).");

        // All settings, locks and temporary tables end with their transactions, and that of the account is made at each use. So a connection need
        // not be reset between uses. It then keeps its prepared statements: parsing and planning a statement often takes longer than running it.
        var settings = PostgresSettings.Read(text);
        settings.NoResetOnClose = true;
        settings.MaxAutoPrepare = 100;
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = configuration["Service:Name"] };
        return builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var command = new NpgsqlCommand(Standstill + session, connection);
                command.ExecuteNonQuery();
            },
            async connection =>
            {
                await using var command = new NpgsqlCommand(Standstill + session, connection);
                await command.ExecuteNonQueryAsync();
            });
    }

    /// <summary>Adds the <see cref="IdempotentWrites"/>, the <see cref="RequestLog"/> and the <see cref="KeptAnswers"/> of a table.</summary>
    public static IServiceCollection AddIdempotentWrites(this IServiceCollection services, string table) => services
        .AddSingleton(new RequestLog(table))
        .AddSingleton<IdempotentWrites>()
        .AddSingleton<KeptAnswers>();

    /// <summary>Adds a <see cref="ChangeNotifier"/> over a table of clocks.</summary>
    public static IServiceCollection AddChangeNotifier(this IServiceCollection services, string table) => services
        .AddSingleton(provider => ActivatorUtilities.CreateInstance<ChangeNotifier>(provider, table))
        .AddHostedService(provider => provider.GetRequiredService<ChangeNotifier>());

    /// <summary>Adds an <see cref="EgressClient"/> with the rules and limits of the section <c>Egress</c>.</summary>
    public static WebApplicationBuilder AddEgress(this WebApplicationBuilder builder)
    {
        builder.Services
            .AddSingleton(builder.Configuration.GetSection("Egress").Get<EgressOptions>() ?? new EgressOptions())
            .AddSingleton<EgressPolicy>()
            .AddSingleton<DestinationLimits>()
            .AddSingleton<EgressClient>();
        return builder;
    }

    /// <summary>
    /// Adds a <see cref="FairQueue"/> for work that keeps a processor busy, here or in PostgreSQL: <c>Work:Slots</c> of all accounts at once, and
    /// <c>Work:SlotsPerAccount</c> of one of them. Some slots more than processors let small work of others in, while one account alone
    /// leaves processors to all others.
    /// </summary>
    public static IServiceCollection AddFairQueue(this IServiceCollection services) => services.AddSingleton<BackgroundTurns>().AddSingleton(provider =>
    {
        var work = provider.GetRequiredService<IConfiguration>().GetSection("Work");
        var slots = Math.Max(2, work.GetValue("Slots", Environment.ProcessorCount + 2));
        var perAccount = work.GetValue("SlotsPerAccount", Math.Max(1, Environment.ProcessorCount / 2));
        return new FairQueue(slots, Math.Clamp(perAccount, 1, slots - 1), provider.GetRequiredService<TimeProvider>());
    });

    /// <summary>
    /// Adds a <see cref="ClockFeed"/> over a table of clocks and the table of their moves, and its <see cref="ClockStream"/>; it reports all clocks every
    /// <c>ClockFeed:AllSeconds</c>, by default 30.
    /// </summary>
    public static IServiceCollection AddClockFeed(this IServiceCollection services, string clocks, string commits) => services
        .AddSingleton(provider => new ClockFeed(
            provider.GetRequiredService<WorkDatabase>(),
            clocks,
            commits,
            TimeSpan.FromSeconds(provider.GetRequiredService<IConfiguration>().GetValue("ClockFeed:AllSeconds", 30.0)),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ClockFeed>>()))
        .AddHostedService(provider => provider.GetRequiredService<ClockFeed>())
        .AddSingleton<ClockStream>();

    /// <summary>
    /// Adds the connection to Redis of <c>Redis:ConnectionString</c>; without one, the service runs without Redis. <c>Redis:Authority</c> is the
    /// PEM file of an authority of one's own.
    /// </summary>
    public static WebApplicationBuilder AddRedis(this WebApplicationBuilder builder)
    {
        var trust = PrivateAuthority.Check(builder.Configuration["Redis:Authority"]);
        builder.Services.AddSingleton(_ => RedisConnection.Open(
            builder.Configuration["Redis:ConnectionString"], options => options.CertificateValidation += trust));
        return builder;
    }
}
