using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Preview;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;
using TagSegments.Testing.Oracle;
using Xunit.Abstractions;

namespace TagSegments.Segments.Tests.Preview;

public sealed class PreviewSegmentTests(SharedApps shared, ITestOutputHelper output) : SegmentTest(shared)
{
    private const int Trees = 60;
    private readonly TestApps _apps = shared.Apps;

    [Fact]
    public async Task Every_count_of_the_funnel_agrees_with_the_oracle_and_every_mutant_is_caught()
    {
        var seed = Seed.Value;
        output.WriteLine($"seed {seed}");
        var caught = new HashSet<FunnelMutant>();
        foreach (var (part, adapt) in new Action<World>?[] { null, WithoutFuture }.Index())
        {
            var account = await WorldAccount.CreateAsync(_apps, new Random(seed + part), adapt);
            for (var i = 0; i < Trees / 2; i++)
            {
                var tree = account.Filters.Tree();
                var preview = await Segments.PreviewSegmentAsync(new PreviewSegmentRequest
                {
                    Account = account.Name,
                    Source = new FilterSource { Filter = tree },
                    WithoutReach = true,
                });

                Assert.Equal(Naive(FunnelMutant.None), preview.Funnel.ToString());
                Assert.Equal(preview.Funnel.Count, preview.Count);
                Assert.Equal(account.World.Contacts.Count, preview.ContactCount);
                caught.UnionWith(System.Enum.GetValues<FunnelMutant>().Where(mutant => Naive(mutant) != preview.Funnel.ToString()));

                string Naive(FunnelMutant mutant) =>
                    new NaiveFunnel(account, preview.EvaluationTime, mutant).Fill(preview.Funnel, tree).ToString();
            }
        }

        Assert.Equal(System.Enum.GetValues<FunnelMutant>().Where(mutant => mutant != FunnelMutant.None).Order(), caught.Order());
    }

    [Fact]
    public async Task The_funnel_has_each_clause_with_its_count_and_what_is_left_after_it()
    {
        var account = await AccountAsync(1, 2, 3, 4, 40_000);
        await account.TagAsync(await account.CreateTagAsync("A"), 1, 2, 40_000);
        await account.TagAsync(await account.CreateTagAsync("B"), 2, 3, 40_000);
        await account.SetAsync(2, "first_name = 'Ann'");
        await account.SetAsync(4, "first_name = 'Ann'");
        await SaveAsync(account, "Both", "has tag \"A\" AND has tag \"B\"");

        var funnel = (await PreviewAsync(account, "in segment \"Both\" AND NOT first_name = \"Ann\" AND (has tag \"A\" OR first_name = \"Ann\")")).Funnel;

        Assert.Equal((1, "filter", false), (funnel.Count, funnel.Path, funnel.HasRunningCount));
        Assert.Equal([(2, 2), (3, 1), (4, 1)], funnel.Members.Select(member => (member.Count, member.RunningCount)));
        Assert.Equal("filter.all_of.filters[1]", funnel.Members[1].Path);
        Assert.Equal(("first_name = \"Ann\"", 2, "filter.all_of.filters[1].negated"), (funnel.Members[1].Members[0].Text, funnel.Members[1].Members[0].Count, funnel.Members[1].Members[0].Path));
        var segment = Assert.Single(funnel.Members[0].Members);
        Assert.Equal([("has tag \"A\"", 3, 3), ("has tag \"B\"", 3, 2)], segment.Members.Select(member => (member.Text, member.Count, member.RunningCount)));
        Assert.Equal([(3, 3), (2, 4)], funnel.Members[2].Members.Select(member => (member.Count, member.RunningCount)));
    }

    [Fact]
    public async Task The_sample_is_spread_over_all_that_match()
    {
        var contacts = Enumerable.Range(1, 90).Select(i => i * 500).ToArray();
        var account = await AccountAsync(contacts);
        await account.TagAsync(await account.CreateTagAsync("A"), contacts[10..]);
        await account.SetAsync(contacts[10], "email = 'a@example.org', first_name = 'Ann', external_id = 'x'");

        var sample = (await PreviewAsync(account, "has tag \"A\"", request => request.SampleSize = 4)).Sample;

        Assert.Equal([contacts[10], contacts[30], contacts[50], contacts[70]], sample.Select(contact => contact.ContactId));
        Assert.Equal(("a@example.org", "Ann", "", "x"), (sample[0].Email, sample[0].FirstName, sample[0].LastName, sample[0].ExternalId));
        Assert.Empty((await PreviewAsync(account, "has tag \"A\"", request => request.SampleSize = 0)).Sample);
        Assert.Equal(10, (await PreviewAsync(account, "has tag \"A\"")).Sample.Count);
        Assert.Equal(contacts[10..], (await PreviewAsync(account, "has tag \"A\"", request => request.SampleSize = 100)).Sample.Select(contact => contact.ContactId));
    }

    [Fact]
    public async Task A_saved_segment_and_its_filter_give_the_same()
    {
        var account = await AccountAsync(1, 2, 3);
        await account.TagAsync(await account.CreateTagAsync("A"), 1, 2);
        await SaveAsync(account, "Mine", "has tag \"A\"");

        var saved = await Segments.PreviewSegmentAsync(
            new PreviewSegmentRequest { Account = account.Name, Source = new FilterSource { SegmentName = "Mine" } });
        var unsaved = await PreviewAsync(account, "has tag \"A\"");

        Assert.Equal((2, "in segment \"Mine\""), (saved.Count, saved.Funnel.Text));
        Assert.Equal(unsaved.Funnel, Assert.Single(saved.Funnel.Members));
        Assert.Equal(unsaved.Sample, saved.Sample);
        Assert.Equal(unsaved.Channels, saved.Channels);
    }

    [Fact]
    public async Task Shows_the_windows_as_they_were_resolved()
    {
        var account = await AccountAsync(1);
        var preview = await PreviewAsync(account, "opened email in last 7 days AND created on 2026-03-29 in zone \"Europe/Berlin\" AND has no opportunity (closed in last full month)");

        var now = preview.EvaluationTime.ToDateTime();
        var month = new DateTime(now.Year, now.Month, 1);
        Assert.StartsWith($"from {now.AddDays(-7):yyyy-MM-ddTHH:mm:ss}", preview.Funnel.Members[0].Windows.Single(), StringComparison.Ordinal);
        Assert.Equal("created from 2026-03-29T00:00:00+01:00 until 2026-03-30T00:00:00+02:00", preview.Funnel.Members[1].Windows.Single());
        Assert.Equal($"closed from {month.AddMonths(-1):yyyy-MM-dd} until {month:yyyy-MM-dd}", preview.Funnel.Members[2].Windows.Single());
    }

    [Fact]
    public async Task Leaves_out_what_is_not_asked_for()
    {
        var account = await AccountAsync(1, 2);

        var preview = await PreviewAsync(account, "everyone AND first_name is empty", request => (request.WithoutFunnel, request.WithoutReach) = (true, true));

        Assert.Empty(preview.Channels);
        Assert.Equal((2, "everyone AND first_name is empty", 0), (preview.Funnel.Count, preview.Funnel.Text, preview.Funnel.Members.Count));
    }

    [Fact]
    public async Task A_segment_that_refers_to_something_deleted_is_refused_and_not_empty()
    {
        var account = await AccountAsync(1);
        var tag = await account.CreateTagAsync("A");
        await SaveAsync(account, "Mine", "has no tag OR has tag \"A\"");
        await account.DeleteTagAsync(tag);

        var info = await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.ReferenceMissing, async () => await Segments.PreviewSegmentAsync(
            new PreviewSegmentRequest { Account = account.Name, Source = new FilterSource { SegmentName = "Mine" } }));

        Assert.Equal("segment \"Mine\": filter.any_of.filters[1].tag.tag_ids[0]", info.Metadata["path"]);
    }

    [Fact]
    public async Task An_audience_is_previewed_as_a_campaign_evaluates_it()
    {
        var account = await AccountAsync(1, 2, 3, 4, 5, 6);
        var (a, b, c) = (await account.CreateTagAsync("A"), await account.CreateTagAsync("B"), await account.CreateTagAsync("C"));
        await account.ChangeAsync(new(a, true, [1, 2, 3]), new(b, true, [3, 4]), new(c, true, [2, 4, 6]));
        await SaveAsync(account, "Out", "has tag \"C\"");

        var preview = await PreviewAsync(account, "has tag \"A\"", request =>
        {
            request.Include.Add([Text("has tag \"B\""), Text("has tag \"A\"")]);
            request.Exclude.Add(new FilterSource { SegmentName = "Out" });
        });

        Assert.Equal([1, 3], preview.Sample.Select(contact => contact.ContactId));
        Assert.Equal((2, 2), (preview.Count, preview.Funnel.Count));
        Assert.Equal([4, 3], preview.Funnel.Members.Select(node => node.Count));
        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            () => PreviewAsync(account, "everyone", request => request.Exclude.Add(Enumerable.Repeat(Text("everyone"), 101))),
            "exclude");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(101)]
    public async Task Refuses_a_sample_size_out_of_bounds(int size)
    {
        var account = await AccountAsync(1);

        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            () => PreviewAsync(account, "everyone", request => request.SampleSize = size));
    }

    private static void WithoutFuture(World world)
    {
        var now = NodaTime.SystemClock.Instance.GetCurrentInstant();
        foreach (var contact in world.Contacts)
        {
            contact.Activities.RemoveAll(activity => activity.At > now);
        }
    }

    private async Task<PreviewSegmentResponse> PreviewAsync(DirectAccount account, string text, Action<PreviewSegmentRequest>? change = null)
    {
        var request = new PreviewSegmentRequest { Account = account.Name, Source = Text(text) };
        change?.Invoke(request);
        return await Segments.PreviewSegmentAsync(request);
    }
}
