namespace Foundation.Security;

/// <summary>Keys as the API answers them.</summary>
internal static class KeyResources
{
    public static KeyResource Of(ApiKey key, DateTimeOffset now, string? secret = null)
    {
        var status = key.StatusAt(now);
        return new KeyResource
        {
            Id = key.Id.ToText(KeyTables.IdPrefix),
            Name = key.Name,
            Status = status,
            Since = status switch
            {
                KeyStatus.Revoked => key.RevokedAt!.Value,
                KeyStatus.Expired => key.ExpiresAt!.Value,
                _ => key.CreatedAt,
            },
            Roles = key.Roles,
            Scopes = key.Scopes,
            Services = key.Services.IsEmpty ? null : key.Services,
            Tenant = key.Tenant,
            CreatedAt = key.CreatedAt,
            CreatedBy = key.CreatedBy,
            ExpiresAt = key.ExpiresAt,
            RotatedAt = key.RotatedAt,
            PreviousSecretUntil = key.Previous?.Until > now ? key.Previous.Until : null,
            RevokedBy = key.RevokedBy,
            Secret = secret,
        };
    }
}
