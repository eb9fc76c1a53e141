using System.Data.Common;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Crm.Common.V1;
using Crm.Segments.V1;
using Dapper;
using TagSegments.Bitmaps;
using TagSegments.Segments.Index;
using TagSegments.Segments.Sql;
using State = Crm.Segments.V1.ConsentClause.Types.State;

namespace TagSegments.Segments.Preview;

/// <summary>
/// Counts the contacts that a campaign to some contacts would reach, by the rules of the campaign service and in their order. Questions about a
/// contact are clauses of the filter language; questions about an address use the campaign service's own code.
/// </summary>
internal sealed class Reach(Snapshot snapshot, FilterContext context, Bitmap contacts)
{
    // As in other queries: up to this many contacts, handing them over is faster than reading everyone.
    private const int FewContacts = 10_000;

    /// <summary>Counts for one channel.</summary>
    public async Task<ChannelReach> MeasureAsync(Channel channel, CancellationToken ct)
    {
        var reach = new ChannelReach { Channel = channel };
        var declined = await DeclinedAsync(channel, ct);
        var addresses = new Dictionary<UInt128, SharedAddress>();
        var present = 0;
        await using var reader = await ReadAsync(channel, ct);
        while (await reader.ReadAsync(ct))
        {
            if (contacts.Contains(reader.GetInt32(0)))
            {
                present++;
                Add(reach, addresses, declined, new Member(
                    reader.GetString(1).Trim(), reader.GetBoolean(2), reader.GetBoolean(3), reader.GetBoolean(4), reader.GetBoolean(5)));
            }
        }

        reach.NoAddress = contacts.Count - present;
        foreach (var address in addresses.Values)
        {
            reach.Suppressed += address.Suppressed ? 1 : 0;
            reach.Reachable += address.Suppressed ? 0 : 1;
            reach.NeedsSmtputf8 += address.NeedsUtf8 && !address.Suppressed ? 1 : 0;
            reach.ReachableSubscribed += address.Subscribed && !address.Suppressed ? 1 : 0;
        }

        return reach;
    }

    // For the whole account: the owner of an address declined, with whichever contact.
    private async Task<HashSet<UInt128>> DeclinedAsync(Channel channel, CancellationToken ct)
    {
        var sql = $"""
            SELECT address
            FROM {context.Sources.Declined} d
            WHERE account_id = @account AND channel = @channel
            """;
        var parameters = FilterSql.Parameters(context);
        parameters.Add("channel", (int)channel);
        var addresses = await snapshot.QueryAsync<string>(sql, parameters, ct);
        return [.. addresses.Select(address => Hash(Address.Key(channel, address)))];
    }

    private async Task<DbDataReader> ReadAsync(Channel channel, CancellationToken ct)
    {
        var column = channel == Channel.Sms ? "phone" : "email";
        var candidates = contacts.Count <= FewContacts ? contacts.Next(-1, FewContacts) : null;
        var asked = candidates is null ? context : context.ForCandidates();
        var (clauses, parameters) = FilterSql.CompileEach(
            [
                Consent(channel, State.Unsubscribed),
                Consent(channel, State.Subscribed),
                Attribute("do_not_disturb", FieldClause.Types.Operator.Equals, "true"),
                Consent(channel, State.Suppressed),
                Attribute(column, FieldClause.Types.Operator.IsNotEmpty),
            ],
            asked);
        if (candidates is not null)
        {
            parameters.Add("candidates", candidates);
        }

        var sql = $"""
            SELECT c.contact_id, {(channel == Channel.Sms ? "coalesce(c.phone_key, c.phone)" : "c.email")}, {clauses[0]}, {clauses[1]}, {clauses[2]}, {clauses[3]}
            FROM {asked.Sources.Contacts} c
            WHERE c.account_id = @account AND {clauses[4]}{(candidates is null ? "" : " AND c.contact_id = ANY(@candidates)")}
            """;
        return (DbDataReader)await snapshot.Connection.ExecuteReaderAsync(
            new CommandDefinition(sql, parameters, snapshot.Transaction, cancellationToken: ct));
    }

    private static void Add(
        ChannelReach reach, Dictionary<UInt128, SharedAddress> addresses, HashSet<UInt128> declined, Member member)
    {
        if (member.Unsubscribed)
        {
            reach.Unsubscribed++;
        }
        else if (member.DoNotDisturb)
        {
            reach.DoNotDisturb++;
        }
        else if (!Address.IsValid(reach.Channel, member.Address))
        {
            reach.InvalidAddress++;
        }
        else if (Hash(Address.Key(reach.Channel, member.Address)) is var key && declined.Contains(key))
        {
            reach.AddressOptedOut++;
        }
        else
        {
            ref var shared = ref CollectionsMarshal.GetValueRefOrAddDefault(addresses, key, out var known);
            reach.DuplicateAddress += known ? 1 : 0;
            shared.Subscribed |= member.Subscribed;
            shared.Suppressed |= member.Suppressed;
            shared.NeedsUtf8 = Address.NeedsSmtpUtf8(reach.Channel, member.Address);
        }
    }

    // 128 bits: among a billion addresses, two are confused with a chance of one in 10^21.
    private static UInt128 Hash(string key) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(key.AsSpan()));

    private static Filter Consent(Channel channel, State state) =>
        new() { Consent = new ConsentClause { Channel = channel, State = state } };

    private static Filter Attribute(string name, FieldClause.Types.Operator comparison, params string[] values) => new()
    {
        Field = new FieldClause { Field = new FieldRef { Attribute = name }, Operator = comparison, Values = { values } },
    };

    private readonly record struct Member(string Address, bool Unsubscribed, bool Subscribed, bool DoNotDisturb, bool Suppressed);

    /// <summary>The state of an address that nobody declined, from the members who have it.</summary>
    private record struct SharedAddress(bool Subscribed, bool Suppressed, bool NeedsUtf8);
}
