using Crm.Segments.V1;
using Dapper;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using NodaTime;
using Npgsql;
using TagSegments.Segments.Preview;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;
using TagSegments.Testing.Oracle;
using Xunit.Abstractions;

namespace TagSegments.Segments.Tests.Past;

/// <summary>
/// Asks for previews, facets, overlaps and rows from time to time between random writes. Asked again in the end as of these instants, each must
/// get the same answer.
/// </summary>
public sealed class AsOfAnswersTests(SharedApps shared, ITestOutputHelper output) : SegmentTest(shared)
{
    private const int Writes = 160;
    private const int WritesBetween = 10;

    // Without references to names that may be deleted in between, so that most of them can be asked at all times.
    private static readonly string[] s_filters =
    [
        "everyone", "has tag starting with \"Source: \" OR has tag starting with \"v\" OR has no tag", "first_name is not empty AND NOT subscribed to sms",
        "opened email OR was sent email OR suppressed for email", "has opportunity (amount > 100)", "email is not empty OR phone is not empty",
        "updated in last 1 hour AND (never clicked email OR unsubscribed from email)",
    ];

    [Fact]
    public async Task What_was_answered_at_an_instant_is_answered_as_of_it()
    {
        var seed = Seed.Value;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var account = await PastAccount.NewAsync(Apps);
        await CrossChunksAsync(account.Name);
        var writes = new RandomWrites(account, random, SystemClock.Instance.GetCurrentInstant());
        await writes.CreateNamesAsync();
        await SaveListAsync(account.Name);
        var answers = new List<Answer>();
        for (var i = 1; i <= Writes; i++)
        {
            var write = await writes.WriteAsync();
            if (i % WritesBetween == 0)
            {
                answers.AddRange(await AskAllAsync(account.Name, write));
            }
        }

        var differing = 0;
        foreach (var answer in answers)
        {
            var again = await answer.AskAgain();
            Assert.True(
                WithoutNames(answer.Given).Equals(WithoutNames(again)), $"seed {seed}, after {answer.LastWrite}: then\n{answer.Given}\nnow\n{again}");
            differing += answers[^4].Given.GetType() == answer.Given.GetType() && answers[^4].Given.Equals(answer.Given) ? 0 : 1;
        }

        Assert.True(differing > answers.Count / 2, "The world stood still.");
    }

    private async Task<IEnumerable<Answer>> AskAllAsync(string account, string lastWrite)
    {
        var answers = new List<Answer>();
        foreach (var text in s_filters)
        {
            var preview = new PreviewSegmentRequest { Account = account, Source = Text(text), SampleSize = 7 };
            answers.Add(await AskAsync(async asOf => await Segments.PreviewSegmentAsync(new(preview) { AsOf = asOf }), lastWrite));
            var facets = new GetTagFacetsRequest { Account = account, Source = Text(text) };
            answers.Add(await AskAsync(async asOf => await Segments.GetTagFacetsAsync(new(facets) { AsOf = asOf }), lastWrite));
        }

        var overlap = new GetSegmentOverlapRequest { Account = account, Sources = { s_filters.Select(Text) } };
        answers.Add(await AskAsync(async asOf => await Segments.GetSegmentOverlapAsync(new(overlap) { AsOf = asOf }), lastWrite));
        var list = new ListSmartListRowsRequest { Account = account, Name = "List", PageSize = 40 };
        answers.Add(await AskAsync(async asOf => await SmartLists.ListSmartListRowsAsync(new(list) { AsOf = asOf }), lastWrite));
        var rows = new ListSmartListRowsRequest { Account = account, Source = Text(s_filters[1]), Columns = { "tags", "phone", "updated" }, PageSize = 40 };
        answers.Add(await AskAsync(async asOf => await SmartLists.ListSmartListRowsAsync(new(rows) { AsOf = asOf }), lastWrite));
        return answers;
    }

    private static async Task<Answer> AskAsync(Func<Timestamp?, Task<IMessage>> ask, string lastWrite)
    {
        var given = await ask(null);
        var at = (Timestamp)given.Descriptor.FindFieldByName("evaluation_time").Accessor.GetValue(given);
        return new Answer(given, () => ask(at), lastWrite);
    }

    // Names in texts are those of today, and the instant is cut to microseconds. Page tokens are bound to the instant.
    private static IMessage WithoutNames(IMessage answer)
    {
        var copy = answer.Descriptor.Parser.ParseFrom(answer.ToByteArray());
        copy.Descriptor.FindFieldByName("evaluation_time").Accessor.SetValue(copy, null);
        switch (copy)
        {
            case PreviewSegmentResponse preview:
                Strip(preview.Funnel);
                break;
            case GetSegmentOverlapResponse overlap:
                overlap.Segments.ToList().ForEach(segment => segment.Text = "");
                break;
            case ListSmartListRowsResponse rows:
                rows.NextPageToken = "";
                break;
        }

        return copy;
    }

    private static void Strip(FunnelNode node)
    {
        node.Text = "";
        node.Windows.Clear();
        foreach (var member in node.Members)
        {
            Strip(member);
        }
    }

    private async Task SaveListAsync(string account) => await SmartLists.CreateSmartListAsync(new CreateSmartListRequest
    {
        Account = account,
        SmartList = new SmartList
        {
            Name = "List",
            Columns = { "email", "first_name", "score", "likes", "sms_consent", "tags", "created" },
            Sort = new SmartListSort { Column = "last_name", Descending = true },
        },
        Text = "first_name is not empty OR has any tag",
    });

    private async Task CrossChunksAsync(string account)
    {
        await using var connection = new NpgsqlConnection(Apps.Database.OwnerConnectionString);
        await connection.ExecuteAsync(
            """
            INSERT INTO crm.id_block (account_id, kind, next_id)
            SELECT account_id, 'contact', 16375 FROM crm.account WHERE name = @account
            """,
            new { account });
    }

    private sealed record Answer(IMessage Given, Func<Task<IMessage>> AskAgain, string LastWrite);
}
