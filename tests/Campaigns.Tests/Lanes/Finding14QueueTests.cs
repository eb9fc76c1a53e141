using TagSegments.Campaigns.Lanes;
using TagSegments.Campaigns.Ledger;

namespace TagSegments.Campaigns.Tests.Lanes;

/// <summary>Finding 14: there was one queue of messages for all accounts, in order of arrival.</summary>
public sealed class Finding14QueueTests
{
    private readonly MessageQueue _queue = new(account => account == "heavy" ? 3 : 1);

    [Fact]
    public void The_message_of_another_account_is_next_however_many_wait()
    {
        Add("busy", 1_000);
        _queue.Take(5);

        Add("quiet", 1);

        Assert.Contains("quiet", Take(2));
    }

    [Fact]
    public void Single_messages_come_first_within_their_account()
    {
        Add("a", 10);
        Add("a", 2, isSingle: true);

        Assert.Equal([true, true, false], _queue.Take(3).Select(message => message.Source.IsSingle));
    }

    [Fact]
    public void Single_messages_of_one_account_do_not_hold_back_the_campaign_of_another()
    {
        Add("busy", 1_000, isSingle: true);
        Add("quiet", 10);

        Assert.Equal(10, Take(20).Count(account => account == "quiet"));
    }

    [Fact]
    public void Weights_share_the_lanes()
    {
        Add("light", 500);
        Add("heavy", 500);

        Assert.Equal(300, Take(400).Count(account => account == "heavy"));
    }

    [Fact]
    public async Task Who_waits_hears_of_messages_and_of_room()
    {
        var some = _queue.WaitAsync(CancellationToken.None);
        Assert.False(some.IsCompleted);
        Add("a", 2_000);
        await some;
        var room = _queue.WaitForRoomAsync();
        Assert.True(_queue.IsFull);

        Assert.Equal(2_000, Take(3_000).Length);

        await room;
        Assert.False(_queue.WaitAsync(CancellationToken.None).IsCompleted);
        Assert.Equal(0, _queue.Count);
    }

    private string[] Take(int most) => [.. _queue.Take(most).Select(message => message.Source.AccountName)];

    private void Add(string account, int count, bool isSingle = false)
    {
        var source = new MessageSource(account[0], Guid.NewGuid(), account, "", "{}", 0, false, null, 0, 1, isSingle, 0);
        for (var i = 0; i < count; i++)
        {
            _queue.Add(new QueuedMessage(null!, source, null!));
        }
    }
}
