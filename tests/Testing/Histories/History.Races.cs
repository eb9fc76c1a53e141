using Crm.Segments.V1;
using TagSegments.Testing.Histories.Writes;
using Match = Crm.Segments.V1.TagClause.Types.Match;

namespace TagSegments.Testing.Histories;

/// <summary>This part makes happen what seldom happens by chance: two things at a time, in a certain order.</summary>
internal sealed partial class History
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(20);

    // Two transactions, of which the one that began first commits last. What both change, the later one decides.
    private async Task OverlapAsync()
    {
        if (AnyLiving() is not { } contact)
        {
            return;
        }

        var (one, other) = TwoTags();
        await EvaluateAsync(0, Has(one));
        await EvaluateAsync(0, Has(other));
        await _rig.Servers.KeepsPostgresAlive.WaitAsync();
        try
        {
            await OverlapAsync(contact, one, other, _random.Next(2) == 0, _random.Next(2) == 0);
        }
        finally
        {
            _rig.Servers.KeepsPostgresAlive.Release();
        }

        await EvaluateAsync(0, Has(one));
        await EvaluateAsync(_random.Next(2), Has(other));
        _tally.AddFault("transactions overlapped");
    }

    private async Task OverlapAsync(int contact, int one, int other, bool addsOne, bool addsOther)
    {
        await using var first = await OverlappingWrite.BeginAsync(_rig.Owner, _accountId, _protocol.DrawsPositionsEarly ? 1 : null);
        await first.SetAsync(one, contact, addsOne);
        await using (var second = await OverlappingWrite.BeginAsync(_rig.Owner, _accountId, _protocol.DrawsPositionsEarly ? 2 : null))
        {
            await second.SetAsync(other, contact, addsOther);
            _model.Apply(await second.CommitAsync());
        }

        await EvaluateAsync(0, Has(other));
        await first.SetAsync(other, contact, !addsOther);
        _model.Apply(await first.CommitAsync());
    }

    // Whoever asks after a write was acknowledged gets no answer that was under way before.
    private async Task WriteDuringClockReadAsync()
    {
        var (node, (one, other), before) = (_nodes[_random.Next(2)], TwoTags(), _model.Copy());
        await HistoryCalls.RepeatAsync(() => node.EvaluateAsync(_accountId, Has(one)));
        node.Clocks.Hold();
        var early = HistoryCalls.RepeatAsync(() => node.EvaluateAsync(_accountId, Has(one)));
        await Task.WhenAny(node.Clocks.IsHeld, early);
        await MoveAllAsync(one, other);
        var late = HistoryCalls.RepeatAsync(() => node.EvaluateAsync(_accountId, Has(one)));
        node.Clocks.Release();
        var (earlyAnswer, lateAnswer) = (await early, await late);
        Compare(Has(one), earlyAnswer.Now, earlyAnswer.Contacts, before, _model);
        Compare(Has(one), lateAnswer.Now, lateAnswer.Contacts, _model);
        _tally.AddFault("write during a clock read");
    }

    // Several calls may share a snapshot, but none that came after it was opened.
    private async Task WriteDuringSharedSnapshotAsync()
    {
        var (node, filter) = (_nodes[_random.Next(2)], Happened());
        _time.Ahead = _random.Next(3) == 0 ? TimeSpan.Zero : s_behindAll;
        await HistoryCalls.RepeatAsync(() => node.EvaluateAsync(_accountId, filter));
        await _writes.RecordAsync(_model);
        var (before, released) = (_model.Copy(), new TaskCompletionSource());
        var isOpen = node.Indexes.HoldSnapshot(released.Task);
        var early = HistoryCalls.RepeatAsync(() => node.EvaluateAsync(_accountId, filter));
        await Task.WhenAny(isOpen, early);
        await _writes.RecordAsync(_model);
        var asked = node.Shared.NextCallAsync();
        var late = HistoryCalls.RepeatAsync(() => node.EvaluateAsync(_accountId, filter));

        // With little memory the late call may first wait for the state that the early one is loading in its snapshot.
        await Task.WhenAny(asked, late, _protocol.IsShortOfMemory ? Task.Delay(s_moment) : asked);
        released.SetResult();
        var (earlyAnswer, lateAnswer) = (await early, await late);
        Compare(filter, earlyAnswer.Now, earlyAnswer.Contacts, before, _model);
        Compare(filter, lateAnswer.Now, lateAnswer.Contacts, _model);
        _tally.AddFault("write during a shared snapshot");
    }

    // One replica reads Redis for a tag that it lacks while another one, which is further on, writes there.
    private async Task RunAheadAsync()
    {
        var (from, to) = TwoTags();
        await RestartAsync(0);
        await RestartAsync(1);
        await HistoryCalls.RepeatAsync(() => _nodes[0].EvaluateAsync(_accountId, Has(from)));
        var before = _model.Copy();
        _nodes[0].Indexes.Interrupt(async () =>
        {
            await MoveAllAsync(from, to);
            await HistoryCalls.RepeatAsync(() => _nodes[1].EvaluateAsync(_accountId, Has(to)));
            await _nodes[1].Cache.WrittenAsync();
        });
        var bothOrNone = new Filter { AnyOf = new FilterGroup { Filters = { Tags(Match.All, from, to), Tags(Match.None, from, to) } } };
        var (now, answer) = await HistoryCalls.RepeatAsync(() => _nodes[0].EvaluateAsync(_accountId, bothOrNone));
        Compare(bothOrNone, now, answer, before, _model);
        _tally.AddFault("other replica ran ahead");
    }

    // A replica writes to Redis what it read some time ago, in the middle of what another one, which is further on, writes.
    private async Task CrossWritesAsync()
    {
        var (from, to) = TwoTags();
        await _faults.FlushAsync();
        await RestartAsync(0);
        await RestartAsync(1);
        var released = new TaskCompletionSource();
        _nodes[0].Cache.Pace = _ => released.Task;
        await HistoryCalls.RepeatAsync(() => _nodes[0].EvaluateAsync(_accountId, Has(to)));
        await MoveAllAsync(from, to);
        await HistoryCalls.RepeatAsync(() => _nodes[1].EvaluateAsync(_accountId, new Filter { Everyone = new EveryoneClause() }));
        _nodes[1].Cache.Pace = async command =>
        {
            if (command > 0)
            {
                released.TrySetResult();
                await _nodes[0].Cache.WrittenAsync();
            }
        };
        await HistoryCalls.RepeatAsync(() => _nodes[1].EvaluateAsync(_accountId, Has(to)));
        await _nodes[1].Cache.WrittenAsync();
        released.TrySetResult();
        await RestartAsync(0);
        await RestartAsync(1);
        await EvaluateAsync(0, Has(to));
        _tally.AddFault("writes to Redis crossed");
    }

    // The database is restored as of a moment ago and goes through the same positions again, with other changes: only the nonces tell.
    private async Task ForkAsync()
    {
        var ((one, other), node) = (TwoTags(), _random.Next(2));
        await BackUpAsync();
        await MoveAllAsync(one, other);
        await EvaluateAsync(node, Has(other));
        await RestoreAsync();
        await MoveAllAsync(other, one);
        await EvaluateAsync(node, Has(other));
    }

    // Everyone loses one tag and gets the other at the same moment.
    private async Task MoveAllAsync(int from, int to)
    {
        if (_model.Living.Count > 0)
        {
            await _writes.BulkTagAsync(_model, [.. _model.Living.Keys.Order()], [to], [from]);
        }
    }

    private (int One, int Other) TwoTags()
    {
        var (one, other) = (_random.Next(1, 8), _random.Next(1, 7));
        return (one, other < one ? other : other + 1);
    }

    private int? AnyLiving() => _model.Living.Count == 0 ? null : _model.Living.Keys.Order().ElementAt(_random.Next(_model.Living.Count));

    private static Filter Has(int tagId) => Tags(Match.Any, tagId);

    private static Filter Tags(Match match, params int[] tagIds) => new() { Tag = new TagClause { Match = match, TagIds = { tagIds } } };
}
