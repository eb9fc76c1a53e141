using Crm.Segments.V1;
using NodaTime;
using TagSegments.Filters.Text;
using TagSegments.Filters.Tree;
using TagSegments.Filters.Values;
using TagSegments.Segments.Tests.Data;
using TagSegments.Segments.Tests.Preview;
using TagSegments.Testing;
using TagSegments.Testing.Oracle;
using Xunit.Abstractions;

namespace TagSegments.Segments.Tests.Explain;

/// <summary>Explanations of random filters for random contacts are right, node by node: verdicts, counts, sums, values.</summary>
public sealed class ExplainOracleTests(SharedApps shared, ITestOutputHelper output) : SegmentTest(shared)
{
    private const int Trees = 150;

    private static readonly string[] s_directed =
    [
        "opened email in last 7 days OR clicked email in last 7 days OR was sent email in last 7 days OR did \"Webinar Attended\" in last 30 days",
        "opened email OR clicked email OR was sent email OR received email OR replied to email OR bounced email",
        "has opportunity (amount > 500) OR sum of amount of opportunities (stage = \"Won\") > 0",
        "has tag \"VIP\" OR has tag starting with \"Source: \" OR has no tag",
        "plan != \"Rural\" AND tag \"VIP\" added in last 30 days",
    ];

    [Fact]
    public async Task Every_node_of_an_explanation_agrees_with_the_oracle_and_every_wrong_one_is_caught()
    {
        var seed = Seed.Value;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var account = await WorldAccount.CreateAsync(Apps, random);
        var caught = new HashSet<EvidenceMutant>();
        var catalog = WorldNames.Catalog(account.World.AccountId, account.World.TimeZone, account.World.WeekStart);
        var trees = s_directed.SelectMany(text => Enumerable.Repeat(FilterParser.Parse(text, catalog), 12))
            .Concat(Enumerable.Range(0, Trees).Select(_ => account.Filters.Tree()));
        foreach (var tree in trees)
        {
            var contact = account.World.Contacts[random.Next(account.World.Contacts.Count)];
            var answer = await Segments.ExplainContactAsync(new ExplainContactRequest
            {
                Account = account.Name,
                Source = new FilterSource { Filter = tree },
                ContactId = contact.Id,
            });

            var said = NaiveEvidence.Given(answer.Explanation).ToList();
            Assert.True(
                Expected(EvidenceMutant.None).SequenceEqual(said),
                $"seed {seed}, contact {contact.Id}: {FilterPrinter.Print(tree, catalog)}\nexpected\n{string.Join('\n', Expected(EvidenceMutant.None))}\nsaid\n{string.Join('\n', said)}");
            Assert.Equal(answer.Matches, answer.Explanation.Matches);
            caught.UnionWith(Enum.GetValues<EvidenceMutant>().Where(mutant => !Expected(mutant).SequenceEqual(said)));
            CheckAnniversaries(tree, answer.Explanation);

            IEnumerable<string> Expected(EvidenceMutant mutant) =>
                new NaiveEvidence(account.World, Now(answer), account.Segment, mutant).Expected(tree, contact);
        }

        Assert.Equal(Enum.GetValues<EvidenceMutant>().Where(mutant => mutant != EvidenceMutant.None).Order(), caught.Order());
    }

    // The anniversary that is named lies within the window that is named exactly if the clause is true.
    private static void CheckAnniversaries(Filter filter, Explanation explanation)
    {
        foreach (var (member, explained) in FilterTree.Members(filter).Zip(explanation.Members))
        {
            CheckAnniversaries(member, explained);
        }

        if (explanation.Field?.Anniversary is { Length: > 0 } day && explanation.Windows.Single() is var window)
        {
            var within = string.CompareOrdinal(day, window.From) >= 0 && (window.Until.Length == 0 || string.CompareOrdinal(day, window.Until) < 0);
            Assert.Equal(explanation.Matches, within);
        }
    }

    private static Instant Now(ExplainContactResponse answer) =>
        FilterValues.ToMicroseconds(Instant.FromDateTimeOffset(answer.EvaluationTime.ToDateTimeOffset()));
}
