using System.Text;
using Crm.Campaigns.V1;
using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Journal;
using TagSegments.Campaigns.Ledger;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Tests.Journal;

// The content of a journal after its process has ended, in whatever way.
public sealed class JournalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tagsegments_journal_").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Tells_what_was_not_begun_what_is_in_doubt_and_what_was_answered()
    {
        var recipients = Recipients(4);

        var outcomes = JournalFormat.Read(Write(lane =>
        {
            var handover = lane.Depart(recipients);
            handover.Begin(1);
            handover.Begin(2);
            handover.End(2, Outcome.Of(recipients[2], HandoverResult.Accepted("250 OK"), new DeliveryOptions()));
            handover.End(3, Outcome.Of(recipients[3], HandoverResult.Deferred("451 Später"), new DeliveryOptions()));
        }));

        Assert.Equal([State.Pending, State.Unknown, State.Accepted, State.Deferred], outcomes.Select(o => o.State));
        Assert.Equal(recipients.Select(r => r with { Address = "" }), outcomes.Select(o => o.Recipient));
        Assert.Equal(["", "The sender stopped before the answer came.", "250 OK", "451 Später"], outcomes.Select(o => o.Detail));
        Assert.InRange(outcomes[3].RetryAfter, TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(150));
    }

    [Fact]
    public void Tells_of_the_two_handovers_before_until_others_have_taken_their_place()
    {
        var handovers = Enumerable.Range(1, 4).Select(n => Recipients(1, 10 * n)).ToList();

        var outcomes = JournalFormat.Read(Write(lane =>
        {
            foreach (var recipients in handovers)
            {
                var handover = lane.Depart(recipients);
                if (recipients != handovers[^1])
                {
                    handover.End(0, Outcome.Of(recipients[0], HandoverResult.Accepted(""), new DeliveryOptions()));
                }
            }
        }));

        Assert.Equal(
            [(20, State.Accepted), (30, State.Accepted), (40, State.Pending)],
            outcomes.Select(o => (o.Recipient.ContactId, o.State)).OrderBy(o => o.ContactId));
    }

    [Fact]
    public void A_record_that_was_torn_off_is_left_out_and_the_ones_before_it_count()
    {
        var recipients = Recipients(3);
        var journal = Write(lane =>
        {
            lane.Depart(recipients).Begin(0);
        });
        // Only the lane knows where its first handover is.
        var start = Enumerable.Range(0, JournalFormat.Handovers * JournalFile.HandoverSize).Select(i => JournalFormat.HeaderSize + (i * JournalFormat.SlotSize)).First(at => journal[at] != 0);

        var torn = JournalFormat.Read(journal.AsSpan(0, start + (2 * JournalFormat.SlotSize) + 100));
        var headless = JournalFormat.Read(journal.AsSpan(0, JournalFormat.HeaderSize - 1));

        Assert.Equal([State.Unknown, State.Pending], torn.Select(o => o.State));
        Assert.Empty(headless);
    }

    [Fact]
    public void After_a_crash_of_the_machine_what_may_be_missing_is_not_believed()
    {
        var recipients = Recipients(2);
        var journal = Write(lane =>
        {
            lane.Depart(recipients).End(1, Outcome.Of(recipients[1], HandoverResult.Accepted("250 OK"), new DeliveryOptions()));
        });
        Encoding.ASCII.GetBytes("another start of the machine").CopyTo(journal, 0);

        Assert.Equal([State.Unknown, State.Accepted], JournalFormat.Read(journal).Select(o => o.State));
    }

    [Fact]
    public void Reads_any_bytes_without_an_error()
    {
        const int seed = 20261124;
        var random = new Random(seed);
        for (var i = 0; i < 200; i++)
        {
            var bytes = new byte[random.Next(JournalFormat.HeaderSize + (4 * JournalFormat.SlotSize))];
            random.NextBytes(bytes);

            Assert.All(JournalFormat.Read(bytes), outcome => Assert.True(Enum.IsDefined(outcome.State), $"seed {seed}, round {i}"));
        }
    }

    private byte[] Write(Action<JournalLane> write)
    {
        var journal = JournalFile.Create(_folder, lanes: 1);
        write(journal.Lanes[0]);
        journal.Dispose();
        return File.ReadAllBytes(Path.Combine(_folder, $"{journal.Id:N}{JournalFile.Suffix}"));
    }

    private static List<BatchRecipient> Recipients(int count, int first = 1)
    {
        var campaign = Guid.NewGuid();
        return [.. Enumerable.Range(first, count).Select(contact => new BatchRecipient(7, campaign, contact, 1, "", BatchId: 3, Fence: 5, Attempts: 2))];
    }
}
