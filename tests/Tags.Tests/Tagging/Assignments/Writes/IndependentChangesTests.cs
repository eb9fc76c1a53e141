using Crm.Common.V1;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Tagging.Assignments.Writes;

namespace TagSegments.Tags.Tests.Tagging.Assignments.Writes;

public sealed class IndependentChangesTests
{
    private static readonly ChangeCause s_cause = new(Cause.Types.Kind.User, "test");

    [Fact]
    public void Changes_of_different_pairs_share_a_group_in_their_order()
    {
        PendingChange[] waiting = [Change(1, true, 7), Change(2, true, 7), Change(1, false, 8)];

        var (group, left) = IndependentChanges.Take(waiting, 10);

        Assert.Equal(waiting, group);
        Assert.Empty(left);
    }

    [Fact]
    public void A_later_change_of_a_pair_waits_and_so_does_what_comes_behind_it()
    {
        PendingChange[] waiting = [Change(1, true, 7), Change(1, false, 7, 8), Change(1, true, 8), Change(2, true, 7)];

        var (group, left) = IndependentChanges.Take(waiting, 10);

        Assert.Equal([waiting[0], waiting[3]], group);
        Assert.Equal([waiting[1], waiting[2]], left);
    }

    [Fact]
    public void Calls_with_one_request_id_never_share_a_group()
    {
        PendingChange[] waiting = [Change(1, true, new RequestKey("p", "m", "r", [1]), 7), Change(2, true, new RequestKey("p", "m", "r", [2]), 8)];

        var (group, left) = IndependentChanges.Take(waiting, 10);

        Assert.Equal([waiting[0]], group);
        Assert.Equal([waiting[1]], left);
    }

    [Fact]
    public void A_full_group_leaves_the_rest_in_its_order()
    {
        var waiting = Enumerable.Range(1, 5).Select(contactId => Change(contactId, true, 7)).ToArray();

        var (group, left) = IndependentChanges.Take(waiting, 2);

        Assert.Equal(waiting[..2], group);
        Assert.Equal(waiting[2..], left);
    }

    private static PendingChange Change(int contactId, bool on, params int[] tagIds) => Change(contactId, on, null, tagIds);

    private static PendingChange Change(int contactId, bool on, RequestKey? request, params int[] tagIds) =>
        new(contactId, tagIds, on, s_cause, request);
}
