using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TagSegments.ServiceDefaults.Auth.Keys;
using TagSegments.ServiceDefaults.Memory;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Auth;

public sealed class ApiKeyDirectoryTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly List<(string Account, int KeyId)> _uses = [];
    private readonly MemoryBudget _memory;
    private readonly ApiKeyDirectory _keys;
    private readonly ApiKeyText _text = ApiKeyText.Create("acme", 1);
    private bool _isRevoked;
    private int _lookUps;
    private Exception? _failure;

    public ApiKeyDirectoryTests()
    {
        _memory = new MemoryBudget(1_000_000, TimeSpan.FromMinutes(10), _time);
        _keys = new(new ApiKeySource(ListAsync, NoteAsync), _memory, _time, NullLogger<ApiKeyDirectory>.Instance);
    }

    public void Dispose() => _memory.Dispose();

    [Fact]
    public async Task A_revoked_key_is_unknown_when_what_was_read_is_old()
    {
        Assert.NotNull(await FindAsync(_text));
        _isRevoked = true;
        _time.Advance(ApiKeyDirectory.Lifetime - TimeSpan.FromTicks(1));
        Assert.NotNull(await FindAsync(_text));

        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Null(await FindAsync(_text));
    }

    [Fact]
    public async Task A_new_key_is_known_at_its_first_use()
    {
        _isRevoked = true;
        Assert.Null(await FindAsync(_text));
        _time.Advance(TimeSpan.FromMilliseconds(100));
        _isRevoked = false;

        var find = FindAsync(_text);
        Assert.False(find.IsCompleted);
        _time.Advance(ApiKeyDirectory.GuessPause - TimeSpan.FromMilliseconds(100));

        Assert.NotNull(await find);
        Assert.Equal(2, _lookUps);
    }

    [Fact]
    public async Task Guesses_that_arrive_later_share_the_next_look_up()
    {
        Assert.NotNull(await FindAsync(_text));
        _time.Advance(TimeSpan.FromMilliseconds(1));

        var guesses = Enumerable.Range(2, 1_000).Select(guess => FindAsync(ApiKeyText.Create("acme", guess))).ToList();
        _time.Advance(ApiKeyDirectory.GuessPause);

        Assert.All(await Task.WhenAll(guesses), Assert.Null);
        Assert.Equal(2, _lookUps);
    }

    [Fact]
    public async Task A_wrong_secret_of_a_known_key_costs_no_look_up()
    {
        Assert.NotNull(await FindAsync(_text));
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Null(await FindAsync(ApiKeyText.Create("acme", 1)));
        Assert.Equal(1, _lookUps);
    }

    [Fact]
    public async Task Guesses_of_keys_of_an_account_cost_one_look_up()
    {
        for (var guess = 1; guess <= 1_000; guess++)
        {
            Assert.Null(await FindAsync(ApiKeyText.Create("acme", guess)));
        }

        Assert.Equal(1, _lookUps);
    }

    [Fact]
    public async Task Guesses_of_accounts_have_a_limit_and_do_not_stop_known_ones()
    {
        Assert.NotNull(await FindAsync(_text));
        var refused = 0;
        for (var guess = 1; guess <= 1_000; guess++)
        {
            refused += await Expect.StatusAsync(() => FindAsync(ApiKeyText.Create($"account-{guess}", 1))) is StatusCode.ResourceExhausted ? 1 : 0;
        }

        Assert.InRange(_lookUps, 2, 202);
        Assert.Equal(1_001, _lookUps + refused);
        _time.Advance(ApiKeyDirectory.Lifetime);
        Assert.NotNull(await FindAsync(_text));
    }

    [Fact]
    public async Task Concurrent_calls_share_a_look_up()
    {
        var found = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => FindAsync(_text)));

        Assert.All(found, Assert.NotNull);
        Assert.Equal(1, _lookUps);
    }

    [Fact]
    public async Task A_failed_look_up_is_not_remembered()
    {
        _failure = new TimeoutException();
        await Assert.ThrowsAsync<TimeoutException>(() => FindAsync(_text));
        _failure = null;

        Assert.NotNull(await FindAsync(_text));
    }

    [Fact]
    public async Task A_use_is_noted_once_for_what_was_read()
    {
        var key = (await FindAsync(_text))!;

        _keys.NoteUse("acme", key);
        _keys.NoteUse("acme", key);

        Assert.Equal([("acme", 1)], _uses);
    }

    [Theory]
    [InlineData(59, false)]
    [InlineData(60, true)]
    public void A_use_is_noted_a_minute_after_the_last(int seconds, bool noted)
    {
        var now = _time.GetUtcNow();

        Assert.Equal(noted, new KnownApiKey(1, "key", [], "", null, now.UtcDateTime.AddSeconds(-seconds)).HasToBeNoted(now));
    }

    private Task<KnownApiKey?> FindAsync(ApiKeyText text) => _keys.FindAsync(text, CancellationToken.None);

    private Task<IReadOnlyList<KnownApiKey>> ListAsync(string account, CancellationToken ct)
    {
        _lookUps++;
        return _failure is not null
            ? Task.FromException<IReadOnlyList<KnownApiKey>>(_failure)
            : Task.FromResult<IReadOnlyList<KnownApiKey>>(account == "acme" && !_isRevoked ? [new(1, "key", _text.Hash, "", null, null)] : []);
    }

    private Task NoteAsync(string account, int keyId, DateTimeOffset at)
    {
        _uses.Add((account, keyId));
        return Task.CompletedTask;
    }
}
