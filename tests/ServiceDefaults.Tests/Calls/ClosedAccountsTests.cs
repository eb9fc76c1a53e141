using Crm.Errors.V1;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Work;

namespace TagSegments.ServiceDefaults.Tests.Calls;

public sealed class ClosedAccountsTests
{
    private readonly ClosedAccounts _closed = new();

    [Fact]
    public void Nobody_works_before_it_is_known_who_is_closed()
    {
        Assert.False(_closed.MayWork(1));
        Assert.Null(_closed.Refusal("one"));

        _closed.Set([]);

        Assert.True(_closed.MayWork(1));
    }

    [Fact]
    public void A_closed_account_has_no_calls_and_no_work()
    {
        _closed.Set([Closed(1, "one")]);

        Assert.True(_closed.Refusal("one")!.IsFor(ErrorReason.AccountDeleted));
        Assert.Null(_closed.Refusal("two"));
        Assert.Equal((false, true, false), (_closed.MayWork(1), _closed.MayWork(2), _closed.IsErased(1)));
    }

    [Fact]
    public void What_has_changed_is_told()
    {
        Assert.Equal(["one"], _closed.Set([Closed(1, "one")]));
        Assert.Empty(_closed.Set([Closed(1, "one")]));
        Assert.Equal(["one"], _closed.Set([Closed(1, "one") with { IsErased = true }]).Distinct());
        Assert.Equal(["one", "two"], _closed.Set([Closed(2, "two")]).Order());
        Assert.Equal(["two"], _closed.Set([]));
    }

    [Fact]
    public async Task Nothing_is_claimed_for_closed_accounts_nor_before_they_are_known()
    {
        using var claims = new FairClaims(mostPerAccount: 1, _closed);
        var orders = new List<ClaimOrder>();
        Task<object?> NextAsync() => claims.NextAsync<object>(
            order =>
            {
                orders.Add(order);
                return Task.FromResult<object?>(null);
            },
            _ => 0,
            default);

        await NextAsync();
        Assert.Empty(orders);
        _closed.Set([Closed(7, "seven")]);
        await NextAsync();

        Assert.Equal([7], orders.Single().Full);
    }

    private static ClosedAccount Closed(int id, string name) => new(id, name, DateTimeOffset.UnixEpoch, IsErased: false, MaySweep: false, []);
}
