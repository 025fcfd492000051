@description('US dollars, or the billing account\'s currency, a month.')
@minValue(1)
param amount int
param name string

@description('First day of a month. It cannot be changed later, so the first deployment\'s answer is kept in the azd environment.')
param startDate string

@description('Who is written to besides the owners of the resource group; empty is nobody.')
param alertEmail string

resource budget 'Microsoft.Consumption/budgets@2023-11-01' = {
  name: name
  properties: {
    amount: amount
    category: 'Cost'
    timeGrain: 'Monthly'
    timePeriod: {
      startDate: startDate
    }
    notifications: {
      actual80: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 80
        thresholdType: 'Actual'
        contactRoles: ['Owner']
        contactEmails: empty(alertEmail) ? [] : [alertEmail]
      }
      forecast100: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 100
        thresholdType: 'Forecasted'
        contactRoles: ['Owner']
        contactEmails: empty(alertEmail) ? [] : [alertEmail]
      }
    }
  }
}
