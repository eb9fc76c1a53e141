using Crm.Campaigns.V1;
using Crm.Common.V1;
using Google.Protobuf.WellKnownTypes;

namespace TagSegments.Campaigns.Team;

/// <summary>A team address as the table has it.</summary>
internal sealed record TeamAddressRow(
    Guid AddressId, short Channel, string Address, string AddressKey, DateTime CreatedAt, DateTime? AskedAt, DateTime? ConfirmedAt)
{
    /// <summary>The columns of a row, in order.</summary>
    public const string Columns = "address_id, channel, address, address_key, created_at, asked_at, confirmed_at";

    public TeamAddress ToTeamAddress() => new()
    {
        Channel = (Channel)Channel,
        Address = Address,
        CreateTime = Timestamp.FromDateTime(CreatedAt),
        AskTime = AskedAt is { } asked ? Timestamp.FromDateTime(asked) : null,
        ConfirmTime = ConfirmedAt is { } confirmed ? Timestamp.FromDateTime(confirmed) : null,
    };
}
