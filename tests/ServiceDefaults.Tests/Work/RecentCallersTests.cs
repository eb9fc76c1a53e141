using Microsoft.Extensions.Time.Testing;
using TagSegments.ServiceDefaults.Work;

namespace TagSegments.ServiceDefaults.Tests.Work;

public sealed class RecentCallersTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RecentCallers _callers;

    public RecentCallersTests() => _callers = new(_time);

    [Fact]
    public void An_account_is_not_other_to_itself()
    {
        _callers.Note(1);
        _callers.Note(1);

        Assert.False(_callers.AreOthers(1));
        Assert.True(_callers.AreOthers(2));
    }

    [Fact]
    public void A_loud_account_does_not_hide_a_quiet_one()
    {
        _callers.Note(2);
        for (var call = 0; call < 1_000; call++)
        {
            _callers.Note(1);
        }

        Assert.True(_callers.AreOthers(1));
        Assert.Equal([1, 2], _callers.Here);
    }

    [Fact]
    public void Callers_are_forgotten_after_two_seconds()
    {
        _callers.Note(2);
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.True(_callers.AreOthers(1));

        _time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.False(_callers.AreOthers(1));
        Assert.Empty(_callers.Here);
    }

    [Fact]
    public void What_another_service_said_counts_but_is_not_passed_on()
    {
        _callers.NoteElsewhere(2);

        Assert.True(_callers.AreOthers(1));
        Assert.Empty(_callers.Here);
    }
}
