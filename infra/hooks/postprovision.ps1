#!/usr/bin/env pwsh
# Writes a random bootstrap key into Key Vault, once: the app accepts it as the first admin key until a real one exists.
# The key is never printed. Run again, it leaves what is there.
. (Join-Path $PSScriptRoot 'common.ps1')

$vault = Get-Setting 'FOUNDATION_KEY_VAULT_URI'
$secret = "$vault/secrets/foundation-bootstrap-key?api-version=7.4"
# https://NAME.vault.azure.net -> https://vault.azure.net, whatever the cloud's suffix is.
$scope = "https://$(([Uri]$vault).Host -replace '^[^.]*\.', '')/.default"

for ($try = 1; ; $try++) {
    $status = Invoke-Azure 'GET' $secret $scope
    if ($status -eq 200) {
        Write-Output 'Bootstrap key is already in Key Vault: left as it is.'
        exit 0
    }
    if ($status -eq 404) {
        $key = [Convert]::ToHexString([Security.Cryptography.RandomNumberGenerator]::GetBytes(32)).ToLowerInvariant()
        $status = Invoke-Azure 'PUT' $secret $scope (@{ value = $key; contentType = 'text/plain' } | ConvertTo-Json -Compress)
        $key = $null
        if ($status -eq 200) {
            Write-Output 'Bootstrap key written to Key Vault (secret foundation-bootstrap-key).'
            exit 0
        }
    }
    if ($status -eq 409) {
        Stop-Hook @(
            'The secret foundation-bootstrap-key was deleted and can still be recovered, so its name is taken.',
            "Recover it (az keyvault secret recover) or purge it (az keyvault secret purge), then run 'azd provision' again.")
    }
    if (-not (Test-Passing $status)) { Stop-Hook "Key Vault answered $status." }
    if ($try -ge $retryLimit) {
        Stop-Hook @(
            "Key Vault still answers $status. Who deploys needs the role Key Vault Secrets Officer on the vault;",
            "it was assigned just now and may need longer: run 'azd provision' again.")
    }
    if ($try -eq 1) { Write-Output 'Waiting until the new role on Key Vault holds (up to ten minutes)...' }
    Start-Sleep -Seconds $retrySeconds
}
