using System.Collections;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TagSegments.Campaigns;
using TagSegments.Segments;
using TagSegments.ServiceDefaults.Memory;
using TagSegments.Tags;
using TagSegments.Workflows;

namespace TagSegments.Architecture.Tests;

/// <summary>
/// Finding 18: what lives as long as the process keeps nothing per account but in an <see cref="AccountCache{TKey, TValue}"/>, which has a limit
/// in bytes and forgets. Looks at the fields of all singletons, of what they hold, and at static fields.
/// </summary>
public sealed class MemoryTests
{
    private const string UnderWay = "calls and work under way, and nothing after them";
    private const string Turns = "accounts with work, and accounts that had more than others until these have caught up";
    private const string Constant = "a table that is filled when the process starts";

    /// <summary>The collections that need no limit in bytes, and why.</summary>
    private static readonly Dictionary<string, string> s_bounded = new()
    {
        ["Campaigns.Lanes.HeldBatchRegistry._held"] = "batches that are being sent",
        ["Campaigns.Delivery.DeliveryOptions.Domains"] = "settings",
        ["Campaigns.Lanes.DeliveryLane._handedOver"] = "the messages that a lane has just handed over",
        ["Campaigns.Lanes.MessagePump._sending"] = "batches that are being sent",
        ["Campaigns.Lanes.MessageQueue._accounts"] = Turns,
        ["Campaigns.Lanes.MessageQueue+Account.Campaigns"] = "2,000 messages and the rest of a batch",
        ["Campaigns.Lanes.MessageQueue+Account.Singles"] = "2,000 messages and the rest of a batch",
        ["Campaigns.Lanes.MessageSource._messages"] = "one for each variant of a message",
        ["Campaigns.Tracking.RecentLinks._old"] = "at most 50,000 links of the last minute",
        ["Campaigns.Tracking.RecentLinks._young"] = "at most 50,000 links of the last minute",
        ["Campaigns.Tracking.TrackingTokens._sealers"] = Constant,
        ["Campaigns.Webhooks.ReplayGuard._old"] = "at most 50,000 signatures",
        ["Campaigns.Webhooks.ReplayGuard._young"] = "at most 50,000 signatures",
        ["Segments.Evaluation.Answers.AskedLeaves._asked"] = UnderWay,
        ["ServiceDefaults.Data.AccountDatabase._sessions"] = "one for each open connection",
        ["ServiceDefaults.Auth.AuthOptions.Roles"] = "settings",
        ["ServiceDefaults.Calls.AdminLog._refused"] = "at most 10,000 callers that were refused in the last minute",
        ["ServiceDefaults.Auth.ServiceCredentials._tokens"] = "at most 10,000 tokens of the last minutes",
        ["ServiceDefaults.Auth.ServiceKeys._publicKeys"] = Constant,
        ["ServiceDefaults.Calls.SealedTokens._sealers"] = "the purposes, which are names in the code",
        ["ServiceDefaults.Egress.DestinationLimits._records"] = "at most 20,000 destinations",
        ["ServiceDefaults.Keys.PurposeKey._ciphers"] = "as many as were ever used at the same time",
        ["ServiceDefaults.Keys.PurposeKey._hashes"] = "as many as were ever used at the same time",
        ["ServiceDefaults.Keys.Sealer._keys"] = Constant,
        ["ServiceDefaults.Pipeline.CallAdmission._underWay"] = UnderWay,
        ["ServiceDefaults.Pipeline.RefusalLog._refused"] = "the accounts that were refused in the last ten seconds",
        ["ServiceDefaults.Pipeline.Streams.Tally._holders"] = UnderWay,
        ["ServiceDefaults.Work.AccountCoalescers`2._accounts"] = UnderWay,
        ["ServiceDefaults.Work.AccountRate._usedUntil"] = "the accounts that called in the last seconds, or 64",
        ["ServiceDefaults.Work.ClockFeed._reported"] = "the accounts that changed in the last seconds",
        ["ServiceDefaults.Work.ClockFeed._watchers"] = UnderWay,
        ["ServiceDefaults.Work.ClockWatcher._moved"] = "the accounts that changed since the watcher was last told",
        ["ServiceDefaults.Work.Coalescer`2._waiting"] = UnderWay,
        ["ServiceDefaults.Work.ChangeNotifier._waiters"] = UnderWay,
        ["ServiceDefaults.Work.FairClaims._working"] = UnderWay,
        ["ServiceDefaults.Work.FairQueue._accounts"] = Turns,
        ["ServiceDefaults.Work.FairQueue._waiting"] = UnderWay,
        ["ServiceDefaults.Work.FairQueue+Account.Waiting"] = UnderWay,
        ["ServiceDefaults.Work.FairQueue+Account.Working"] = UnderWay,
        ["ServiceDefaults.Work.FairShares._had"] = Turns,
        ["ServiceDefaults.Work.SharedWatch`1._watched"] = UnderWay,
        ["Tags.Crm.Imports.Files.ImportSpool._accounts"] = UnderWay,
        ["Tags.Tagging.Bulk.BulkRunner._owners"] = "one for each worker",
        ["Workflows.Execution.AccountHost._unchecked"] = "partitions, of which there is a fixed number",
        ["Workflows.Execution.DeletionWatch._closed"] = "the accounts that were deleted and are not erased yet",
        ["Workflows.Execution.NodeRunner._actions"] = Constant,
        ["Workflows.Scheduling.AccountWork`1._workers"] = UnderWay,
        ["Workflows.Scheduling.PartitionLeases._held"] = "partitions, of which there is a fixed number",
    };

    private static readonly string[] s_services = [nameof(Tags), nameof(Segments), nameof(Campaigns), nameof(Workflows)];

    public static TheoryData<string> Services => [.. s_services];

    [Theory]
    [MemberData(nameof(Services))]
    public async Task What_lives_as_long_as_the_process_keeps_nothing_without_a_limit(string service)
    {
        await using var app = Build(service);

        House.RequireNone(Collections(Singletons(app, service)).Where(field => !s_bounded.ContainsKey(field)));
    }

    [Fact]
    public async Task The_named_collections_exist()
    {
        var found = new HashSet<string>();
        foreach (var service in s_services)
        {
            await using var app = Build(service);
            found.UnionWith(Collections(Singletons(app, service)));
        }

        House.RequireNone(s_bounded.Keys.Except(found));
    }

    [Fact]
    public void A_collection_that_grows_is_found_wherever_a_singleton_holds_it() =>
        Assert.Equal(
            ["Architecture.Tests.MemoryTests+Held._byAccount", "Architecture.Tests.MemoryTests+Keeper.s_all"],
            Collections([typeof(Keeper)]).Order());

    private static WebApplication Build(string service)
    {
        var settings = new Dictionary<string, string?> { ["Auth:Mode"] = "off", ["Keys:Secrets"] = "1:00" };
        return service switch
        {
            nameof(Tags) => TagsApp.Build([], settings),
            nameof(Segments) => SegmentsApp.Build([], settings),
            nameof(Campaigns) => CampaignsApp.Build([], settings),
            _ => WorkflowsApp.Build([], settings),
        };
    }

    private static IEnumerable<Type> Singletons(WebApplication app, string service)
    {
        var registered = app.Services.GetRequiredService<IServiceProviderIsService>();
        return new[] { House.Load(service), typeof(MemoryBudget).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type is { IsAbstract: false, ContainsGenericParameters: false }
                && (registered.IsService(type) || typeof(IHostedService).IsAssignableFrom(type)));
    }

    // The fields of some types that are collections, of what these types hold, and so on.
    private static IReadOnlyCollection<string> Collections(IEnumerable<Type> types)
    {
        var (seen, open, found) = (new HashSet<Type>(), new Stack<Type>(types), new HashSet<string>());
        while (open.TryPop(out var type))
        {
            if (!seen.Add(type) || IsLimited(type))
            {
                continue;
            }

            foreach (var field in Fields(type))
            {
                if (Grows(field))
                {
                    found.Add(NameOf(field));
                }

                PartsOf(field.FieldType).ToList().ForEach(open.Push);
            }
        }

        return found;
    }

    private static bool IsLimited(Type type) =>
        type == typeof(MemoryBudget) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(AccountCache<,>));

    private static IEnumerable<FieldInfo> Fields(Type type)
    {
        const BindingFlags own = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        for (var level = type; level is not null && IsOurs(level); level = level.BaseType)
        {
            foreach (var field in level.GetFields(own))
            {
                yield return field;
            }
        }
    }

    // A static table of constants cannot be told from one that grows, unless it is meant for threads.
    private static bool Grows(FieldInfo field) => IsCollection(field.FieldType)
        && (!field.IsStatic || field.FieldType.Namespace == "System.Collections.Concurrent" || field.FieldType.Name == "MemoryCache");

    private static bool IsCollection(Type type) =>
        type.Name is "MemoryCache" or "IMemoryCache" or nameof(BitArray)
        || (type.IsGenericType && !type.IsInterface
            && type.Namespace is "System.Collections.Generic" or "System.Collections.Concurrent" or "System.Runtime.CompilerServices"
            && type.GetInterfaces().Any(face => face == typeof(IEnumerable)));

    // What a field leads to: its type, or the elements of the collection. The values of a limited cache are weighed.
    private static IEnumerable<Type> PartsOf(Type type) =>
        (type.IsGenericType && !IsLimited(type) ? type.GetGenericArguments() : []).Append(type)
            .Where(part => IsOurs(part) && !part.IsGenericParameter && part.IsClass);

    private static bool IsOurs(Type type) =>
        type.Assembly.GetName().Name is { } name && name.StartsWith("TagSegments.", StringComparison.Ordinal) && name != "TagSegments.Protos";

    private static string NameOf(FieldInfo field)
    {
        var type = field.DeclaringType!;
        var owner = (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!["TagSegments.".Length..];
        return $"{owner}.{field.Name.Replace("<", "", StringComparison.Ordinal).Replace(">k__BackingField", "", StringComparison.Ordinal)}";
    }

    private sealed class Keeper(Held held)
    {
        private static readonly System.Collections.Concurrent.ConcurrentDictionary<int, string> s_all = [];

        public Held Held => s_all.IsEmpty ? held : new Held();
    }

    private sealed class Held
    {
        private readonly Dictionary<int, string> _byAccount = [];

        public int Count => _byAccount.Count;
    }
}
