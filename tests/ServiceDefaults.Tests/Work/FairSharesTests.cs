using TagSegments.ServiceDefaults.Work;

namespace TagSegments.ServiceDefaults.Tests.Work;

/// <summary>Finding 14: queues in the database were served in order of arrival, whoever filled them.</summary>
public sealed class FairSharesTests
{
    private readonly FairShares _shares = new();

    [Fact]
    public void An_account_that_has_had_nothing_is_next()
    {
        _shares.Add(1, 1, 10);

        Assert.Equal([2, 1], InTurn(1, 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Accounts_get_as_much_as_their_weights_say_whatever_a_turn_costs(int weight)
    {
        var had = new double[3];
        for (var turn = 0; turn < 4_000; turn++)
        {
            var next = InTurn(1, 2)[0];
            var cost = next == 1 ? 3.5 : 1;
            had[next] += cost;
            _shares.Add(next, next == 1 ? weight : 1, cost);
        }

        Assert.InRange(had[1] / had[2], weight - 0.02, weight + 0.02);
    }

    [Fact]
    public void Turns_that_were_not_used_are_not_saved_up_and_nothing_stays()
    {
        for (var turn = 0; turn < 1_000; turn++)
        {
            _shares.Add(1, 1, 1);
        }

        Assert.Equal(1, _shares.AheadOf(1));
        for (var account = 2; account < 1_000; account++)
        {
            _shares.Add(account, 1, 0.5);
        }

        _shares.Clear();
        Assert.Empty(_shares.Ahead.AccountIds);
    }

    private int[] InTurn(params int[] accounts) => [.. accounts.OrderBy(_shares.AheadOf)];
}
