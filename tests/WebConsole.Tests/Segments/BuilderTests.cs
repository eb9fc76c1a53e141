using System.Globalization;
using System.Security.Claims;
using AngleSharp.Dom;
using Bunit;
using Crm.Segments.V1;
using Dapper;
using Grpc.Core;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Npgsql;
using Radzen;
using TagSegments.Filters.Values;
using TagSegments.Testing;
using TagSegments.Testing.Oracle;
using TagSegments.WebConsole.Calls;
using TagSegments.WebConsole.Filters.Builder;
using Xunit.Abstractions;

namespace TagSegments.WebConsole.Tests.Segments;

/// <summary>
/// Random filters go from text into the builder, are said again control by control, and come back as text: they mean the same. The seed is printed;
/// <c>CONSOLE_SEED</c> repeats a run, <c>CONSOLE_FILTERS</c> makes it longer.
/// </summary>
public sealed class BuilderTests(SharedApps shared, ITestOutputHelper output) : IClassFixture<SharedApps>
{
    private static readonly int s_seed = int.TryParse(Environment.GetEnvironmentVariable("CONSOLE_SEED"), out var given) ? given : Seed.Value;
    private static readonly int s_filters = int.TryParse(Environment.GetEnvironmentVariable("CONSOLE_FILTERS"), out var given) ? given : 500;
    private static int s_worlds = 910_000;

    // Choosing another kind means another clause; a browser reports no choice of what is chosen already.
    private static readonly string[] s_kinds =
    [
        "Kind of condition", "Field", "Comparison", "Which tags", "What happened", "When", "What is compared", "Kind of time span",
    ];

    public static TheoryData<string> Mutants => new(s_mutants.Keys);

    private static readonly Dictionary<string, Action<Filter>> s_mutants = new()
    {
        ["a negation is lost"] = node => { if (node.Negated is { } inner) node.Become(inner); },
        ["all becomes any"] = node => { if (node.AllOf is { } all) node.AnyOf = all.Clone(); },
        ["the last member is lost"] = node => { if (node.Group() is { Filters.Count: > 1 } group) group.Filters.RemoveAt(group.Filters.Count - 1); },
        ["case always counts"] = node => { if (node.Field is { } field) field.IgnoreCase = false; },
        ["values are trimmed"] = node => Trim(node.Field),
        ["a zone is lost"] = node => { if (node.Activity?.Window is { } window) window.Zone = ""; },
        ["a limit is lost"] = node => { if (node.Activity?.Quantity is { } quantity) quantity.ClearAtMost(); },
    };

    [Fact]
    public async Task Random_filters_mean_the_same_after_the_builder() => Assert.Empty(await DifferencesAsync(_ => { }));

    [Theory]
    [MemberData(nameof(Mutants))]
    public async Task A_wrong_conversion_is_caught(string mutant) => Assert.NotEmpty(await DifferencesAsync(s_mutants[mutant]));

    private async Task<List<string>> DifferencesAsync(Action<Filter> mutant)
    {
        output.WriteLine($"seed {s_seed} (set CONSOLE_SEED to repeat)");
        var random = new Random(s_seed);
        var (account, filters) = await CreateAsync(random);
        using var services = new Services(Addresses());
        var context = new FilterContext(() => Task.CompletedTask);
        await context.ReadAsync(new Caller(services, new Nobody()), account, CancellationToken.None);
        var differences = new List<string>();
        for (var i = 0; i < s_filters; i++)
        {
            var made = filters.Tree();
            var text = (await ParseAsync(account, new() { Filter = made })).Text;
            var tree = (await ParseAsync(account, new() { Text = text })).Filter;
            var before = WithoutDoubleNegation(tree);
            await SayAgainAsync(context, tree);
            Walk(tree, mutant);
            var back = await SayAsync(account, tree);
            if (back != text && await SayAsync(account, WithoutDoubleNegation(tree)) != await SayAsync(account, before))
                differences.Add($"seed {s_seed}, filter {i}: {text} became {back}");
            if (differences.Count > 5)
                break;
        }

        differences.ForEach(output.WriteLine);
        return differences;
    }

    // A check mark stands for one negation: taking it off and putting it on again leaves one of three, and none of two.
    private static Filter WithoutDoubleNegation(Filter tree)
    {
        var plain = tree.Clone();
        Walk(plain, node =>
        {
            if (node.Negated?.Negated?.Clone() is not { } inner)
                return;

            node.ClearKind();
            node.MergeFrom(inner);
        });
        return plain;
    }

    private static async Task SayAgainAsync(FilterContext filters, Filter tree)
    {
        await using var bunit = new BunitContext { JSInterop = { Mode = JSRuntimeMode.Loose } };
        bunit.Services.AddLogging();
        bunit.Services.AddLocalization();
        bunit.Services.AddRadzenComponents();
        var page = bunit.Render<CascadingValue<FilterContext>>(parameters => parameters
            .Add(cascade => cascade.Value, filters)
            .AddChildContent<FilterNode>(node => node.Add(one => one.Node, tree).Add(one => one.Path, "filter")));
        Each(page, "select.choice", select =>
        {
            if (!s_kinds.Contains(select.GetAttribute("aria-label")))
                select.Change(select.GetAttribute("value"));
        });
        Each(page, "input.choice, textarea.values:not([readonly]), .number input", box => box.Change(box.GetAttribute("value") ?? ""));
        Each(page, "input[type=checkbox]", box => box.Change(!box.HasAttribute("checked")), times: 2);
    }

    // An event renders the page anew, so every element is looked for again.
    private static void Each(IRenderedComponent<CascadingValue<FilterContext>> page, string selector, Action<IElement> act, int times = 1)
    {
        for (var i = 0; i < times * page.FindAll(selector).Count; i++)
            act(page.FindAll(selector)[i / times]);
    }

    private static void Walk(Filter node, Action<Filter> act)
    {
        foreach (var member in node.Group()?.Filters.ToList() ?? [])
            Walk(member, act);
        if (node.Negated is { } inner)
            Walk(inner, act);
        act(node);
    }

    private static void Trim(FieldClause? field)
    {
        for (var i = 0; i < field?.Values.Count; i++)
            field.Values[i] = field.Values[i].Trim();
    }

    // What the builder has made is refused, or it has a text.
    private async Task<string> SayAsync(string account, Filter tree)
    {
        try
        {
            return (await ParseAsync(account, new() { Filter = tree })).Text;
        }
        catch (RpcException e)
        {
            return e.Status.Detail;
        }
    }

    private async Task<ParseFilterResponse> ParseAsync(string account, FilterSource source) =>
        await shared.Apps.Segments.ParseFilterAsync(new() { Account = account, Source = source });

    private ServiceAddresses Addresses()
    {
        return new(Of(Service.Tags), Of(Service.Segments), Of(Service.Campaigns), Of(Service.Workflows), null);

        Uri Of(Service service) => new(shared.Apps.GrpcAddress(service));
    }

    // The account has the names that the filters use.
    private async Task<(string Account, FilterGenerator Filters)> CreateAsync(Random random)
    {
        var now = FilterValues.ToMicroseconds(SystemClock.Instance.GetCurrentInstant());
        var world = new WorldGenerator(random, now).World(Interlocked.Increment(ref s_worlds));
        await using var connection = new NpgsqlConnection(shared.Apps.Database.OwnerConnectionString);
        await connection.OpenAsync();
        await WorldLoader.LoadAsync(connection, world);
        var catalog = WorldNames.Catalog(world.AccountId, world.TimeZone, world.WeekStart);
        await connection.ExecuteAsync(
            """
            INSERT INTO segments.segment (account_id, segment_id, name, filter, created_at, updated_at)
            VALUES (@AccountId, @Id::uuid, @Name, '{"everyone":{}}', now(), now())
            """,
            catalog.SegmentItems.Select(item => new { world.AccountId, item.Id, item.Name }));
        await connection.ExecuteAsync(
            """
            INSERT INTO campaigns.campaign (account_id, campaign_id, account_name, name, channel, message, audience, state)
            VALUES (@AccountId, @Id::uuid, @account, @Name, 1, '{}', '{}', 1)
            """,
            catalog.CampaignItems.Select(item => new { world.AccountId, account = $"world-{world.AccountId}", item.Id, item.Name }));
        return (string.Create(CultureInfo.InvariantCulture, $"world-{world.AccountId}"), new(random, catalog, now));
    }

    private sealed class Nobody : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(new ClaimsPrincipal()));
    }
}
